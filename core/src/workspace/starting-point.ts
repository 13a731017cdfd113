import { fail } from '../errors.ts'
import { entryOf } from '../guest/worktree-entry.ts'
import type { Checkout } from './checkout/find-checkout.ts'
import type { WorkspaceContext } from './context.ts'
import type { PrepareRequest } from './prepare-request.ts'
import type { Remembered, WorkspaceRecord } from './record/workspace-record.ts'
import { type GuestState, lookAtGuest } from './transfer/guest-state.ts'

export interface StartingPoint {
  /** What the guest was left with. */
  remembered: Remembered
  /** What is otherwise now. */
  state: GuestState
  /** What the guest has there of somebody else's; bytes, one character each (latin1). */
  foreign: string[]
}

/**
 * What the guest has where a checkout is to be.
 * @param remembered of the workspace, whatever checkout it was prepared from
 * @throws workspace.occupied when that is something else, unless it may be overwritten
 */
export async function findStart(
  context: WorkspaceContext,
  checkout: Checkout,
  remembered: Remembered | undefined,
  request: PrepareRequest,
  signal: AbortSignal,
): Promise<StartingPoint> {
  const { worktree } = context.agent
  if (remembered && isOf(checkout, remembered.record)) {
    const state = await lookAtGuest(worktree, remembered, signal)
    if (!isGone(remembered, state)) return { remembered, state, foreign: [] }
  }
  const found = await worktree.changes(request.guestPath, checkout.hash, [entryOf('folder', '.')], signal)
  if (found.length > 0 && !request.overwrite) {
    const origin = remembered ? `was prepared from ${remembered.record.source}` : 'is not empty'
    throw fail('workspace.occupied', { vm: context.vm, folder: request.guestPath, origin })
  }
  const record = newRecord(checkout, request)
  return {
    remembered: { record, manifest: new Map(), pending: new Set() },
    state: { changed: [], touched: [], added: [], git: [] },
    foreign: found.map(({ path }) => path),
  }
}

/** Whether a record is of a workspace that was prepared from a checkout. */
export function isOf({ top, hash }: Checkout, record: WorkspaceRecord): boolean {
  return record.source === top && record.hash === hash
}

/** Whether the guest has removed all of it. */
function isGone({ manifest, pending }: Remembered, { changed, git }: GuestState): boolean {
  if (pending.size > 0 || manifest.size === 0) return false
  return [...changed, ...git].filter(({ kind }) => kind === 'absent').length === manifest.size
}

function newRecord({ top, hash }: Checkout, { guestPath, mode, readonly }: PrepareRequest): WorkspaceRecord {
  return {
    guestPath,
    source: top,
    mode,
    readonly,
    hash,
    head: '',
    refs: {},
    pulled: [],
    objects: { tips: [], blobs: [] },
    shallow: [],
    objectStores: [],
    preparedAt: 0,
  }
}
