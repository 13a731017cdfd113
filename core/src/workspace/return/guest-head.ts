import type { WorkspaceContext } from '../context.ts'
import { git } from '../git/git.ts'
import { runInGuest } from '../guest-program.ts'
import type { GuestCommit } from './fetch-commits.ts'
import type { GuestSide } from './look-back.ts'

/** Bytes of names that a guest may answer with. */
const limit = 64 * 1024 * 1024

/** Where the guest's HEAD stands. */
export interface GuestHead {
  /** The branch's reference, or HEAD where it is on none. */
  name: string
  /** Undefined before the first commit, and when it is not on the host. */
  commit: string | undefined
  /** Whether it stands where it was sent. */
  moved: boolean
}

/** @param fetched commits that were brought just now */
export function guestHead({ refs, commits, remembered: { record } }: GuestSide, fetched: GuestCommit[]): GuestHead {
  const resolve = (head: string, all: Record<string, string>) =>
    head.startsWith('ref: ')
      ? { name: head.slice('ref: '.length), commit: all[head.slice('ref: '.length)] }
      : { name: 'HEAD', commit: head }
  const sent = resolve(record.head, record.refs)
  const now = refs?.head === undefined ? sent : resolve(refs.head, refs.refs)
  const isHere = !commits.some(({ name }) => name === now.name)
  const commit = fetched.find(({ name }) => name === now.name)?.commit ?? (isHere ? now.commit : undefined)
  return { name: now.name, commit, moved: commit !== sent.commit }
}

/**
 * Tells which changes the guest has committed, and left as committed: those come with the commits.
 * @param head a commit of the guest that is on the host by now
 */
export async function committedChanges(
  context: WorkspaceContext,
  { remembered: { record }, place }: GuestSide,
  head: string,
  signal: AbortSignal,
): Promise<(path: string, kind: string) => boolean> {
  let answer = ''
  const argv = ['git', 'diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', head]
  const onStdout = (bytes: Buffer): void => {
    if (answer.length < limit) answer += bytes.toString('latin1')
  }
  const { code } = await runInGuest(context.agent, { argv, cwd: record.guestPath }, { onStdout, signal })
  if (code !== 0) return () => false
  const otherwise = new Set(answer.split('\0'))
  const tree = new Set((await git(context.host, place, ['ls-tree', '-r', '-z', '--name-only', head])).split('\0'))
  return (path, kind) => !otherwise.has(path) && tree.has(path) === (kind !== 'absent')
}
