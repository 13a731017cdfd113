import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../errors.ts'
import type { Host } from '../../hooks/host.ts'
import type { WorkspaceMode } from '../../protocol/workspace.ts'
import { type Checkout, findCheckout } from '../checkout/find-checkout.ts'
import { type CheckoutSettings, readSettings } from '../checkout/read-settings.ts'
import { type HostFile, sourceOf } from '../files/host-file.ts'
import { listFiles } from '../files/list-files.ts'
import { listUntracked } from '../files/list-untracked.ts'
import { chooseHistory, type History } from './history.ts'
import { isSmall } from './history-size.ts'
import { type IndexEntry, readIndex, settleIndex } from './index-entries.ts'
import { makeShadow, type Shadow } from './make-shadow.ts'
import { type ChosenBranch, switchBranch } from './switch-branch.ts'

/** A checkout as it stands, read and not yet sent. */
export interface Source {
  checkout: Checkout
  settings: CheckoutSettings
  shadow: Shadow
  /** Where it is in the workspace: '' or `path/of/a/submodule/`; bytes, one character each (latin1). */
  prefix: string
  index: IndexEntry[]
  history: History
  /** Of the working tree. */
  files: HostFile[]
  /** Folders that must be there although nothing is in them: submodules that are not checked out. */
  folders: string[]
  /** Submodules, and repositories that are simply there. */
  inner: Source[]
}

export interface ReadOptions {
  mode: WorkspaceMode
  branch?: ChosenBranch
  /** Commits whose parents the guest has not been sent. */
  shallow: string[]
  /** Folder for what is thrown away afterwards; must exist. */
  stage: string
}

/**
 * Reads a checkout: what git knows of it, and which files it has.
 * @throws workspace.submodules, workspace.nested, workspace.branch, workspace.unreadable
 */
export async function readSource(host: Host, checkout: Checkout, options: ReadOptions, prefix = ''): Promise<Source> {
  const { mode, branch, shallow, stage } = options
  const settings = await readSettings(host, checkout)
  const gitDir = join(stage, `shadow-${createHash('sha256').update(prefix).digest('hex').slice(0, 16)}`)
  const shadow = await makeShadow(host, checkout, settings, gitDir, shallow)
  const [before, untracked] = await Promise.all([readIndex(host, shadow), listUntracked(host, shadow)])
  const submodules = before.filter((entry) => entry.mode === '160000').map((entry) => entry.path)
  const nested = untracked.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1))
  if (mode !== 'full_copy') refuseInner(checkout, submodules, nested)
  const elsewhere = { folder: join(stage, 'switched'), paths: new Set<string>() }
  if (branch) elsewhere.paths = await switchBranch(host, shadow, branch, untracked, elsewhere.folder)
  const index = branch ? await readIndex(host, shadow) : before
  const [history] = await Promise.all([
    chooseHistory(host, shadow, { full: mode === 'full_copy', small: await isSmall(host, checkout), shallow }),
    settleIndex(host, shadow),
  ])
  const tracked = new Set(index.filter((entry) => entry.mode !== '160000').map((entry) => entry.path))
  const paths = [...tracked, ...untracked.filter((name) => !name.endsWith('/'))].sort()
  const files = await listFiles(checkout.top, paths, { prefix, elsewhere })
  const { folders, inner } = await readInner(host, checkout, prefix, [...submodules, ...nested], options)
  return { checkout, settings, shadow, prefix, index, history, files, folders, inner }
}

function refuseInner({ top }: Checkout, submodules: string[], nested: string[]): void {
  const names = (paths: string[]) => paths.map((path) => Buffer.from(path, 'latin1').toString()).join(', ')
  if (submodules.length > 0) throw fail('workspace.submodules', { path: top, names: names(submodules) })
  if (nested.length > 0) throw fail('workspace.nested', { path: top, names: names(nested) })
}

async function readInner(host: Host, checkout: Checkout, prefix: string, names: string[], options: ReadOptions) {
  const folders: string[] = []
  const inner: Source[] = []
  for (const name of names) {
    const folder = sourceOf(checkout.top, name)
    const checkedOut = await lstat(Buffer.concat([folder, Buffer.from('/.git')])).catch(() => undefined)
    if (!checkedOut) folders.push(prefix + name)
    else {
      const { branch: _, ...rest } = options
      const found = await findCheckout(host, folder.toString())
      inner.push(await readSource(host, found, { ...rest, shallow: [] }, `${prefix}${name}/`))
    }
  }
  return { folders, inner }
}
