import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fail } from '../../errors.ts'
import type { Host } from '../../hooks/host.ts'
import { asUser, git } from '../git/git.ts'

/** A git checkout of the host. All paths are absolute and without links. */
export interface Checkout {
  /** The folder that holds `.git`. */
  top: string
  /** Its own git folder: that of a linked worktree is not the repository's. */
  gitDir: string
  /** The repository's git folder. */
  commonDir: string
  hash: 'sha1' | 'sha256'
}

/**
 * The checkout that a path is in. Only reads.
 * @throws workspace.no-checkout
 */
export async function findCheckout(host: Host, path: string): Promise<Checkout> {
  const refuse = (reason: string, cause?: unknown) => fail('workspace.no-checkout', { path, reason }, cause)
  const start = await realpath(path).catch((error: Error) => {
    throw refuse('there is no such folder', error)
  })
  if (!(await stat(start)).isDirectory()) throw refuse('it is no folder')
  const top = await findTop(start)
  if (!top) throw refuse('neither it nor a folder above it has a .git')
  const place = asUser(top)
  const ask = async (...args: string[]) => {
    const answer = await git(host, place, ['rev-parse', ...args]).catch((error: Error) => {
      throw refuse(`git says: ${error.message}`, error)
    })
    return Buffer.from(answer.replace(/\n$/, ''), 'latin1').toString()
  }
  const [claimed, hash] = await Promise.all([ask('--show-toplevel'), ask('--show-object-format')])
  // A repository's configuration can name any folder as its working tree, such as the user's home.
  if (claimed !== top) throw refuse(`its configuration says that the files are elsewhere, in ${claimed}`)
  if (hash !== 'sha1' && hash !== 'sha256') throw refuse(`its object format ${hash} is not known`)
  const gitDir = await findGitDir(top)
  return { top, gitDir, commonDir: await findCommonDir(gitDir), hash }
}

async function findTop(folder: string): Promise<string | undefined> {
  if (await lstat(join(folder, '.git')).catch(() => undefined)) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : findTop(parent)
}

/** `.git` is the folder itself, or a file that names it (gitrepository-layout(5)). */
async function findGitDir(top: string): Promise<string> {
  const path = join(top, '.git')
  if ((await stat(path)).isDirectory()) return realpath(path)
  const target = /^gitdir: (.*?)\n?$/s.exec(await readFile(path, 'utf8'))?.[1] ?? ''
  return realpath(resolve(top, target))
}

async function findCommonDir(gitDir: string): Promise<string> {
  const text = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => undefined)
  return text === undefined ? gitDir : realpath(resolve(gitDir, text.replace(/\n$/, '')))
}
