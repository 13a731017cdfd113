import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, isError } from '../../errors.ts'
import type { Host } from '../../hooks/host.ts'
import type { NewBranch } from '../../protocol/workspace.ts'
import { git } from '../git/git.ts'
import { commitOf } from './history.ts'
import { readIndex } from './index-entries.ts'
import type { Shadow } from './make-shadow.ts'

/** One that the guest has been put on before; where the checkout has it, too, by now, that one counts. */
export interface ChosenBranch extends NewBranch {
  again?: boolean
}

/**
 * Puts the shadow on a new branch. Where that begins at another commit than HEAD, local changes are carried over as git
 * does; nothing on the host changes.
 * @param untracked the checkout's files that git does not track, and does not ignore
 * @param files folder for the files that are otherwise at the other commit
 * @returns their paths
 * @throws workspace.branch when the name can't be one or is taken, when there is no such commit, and when local changes
 * are in the way
 */
export async function switchBranch(
  host: Host,
  shadow: Shadow,
  branch: ChosenBranch,
  untracked: string[],
  files: string,
): Promise<Set<string>> {
  const { place, gitDir } = shadow
  const ref = `refs/heads/${branch.name}`
  if (branch.again && (await commitOf(host, shadow, ref))) return new Set()
  await checkName(host, shadow, branch.name, ref)
  const [head, target] = await Promise.all([commitOf(host, shadow, 'HEAD'), commitOf(host, shadow, branch.from ?? 'HEAD')])
  if (!target && branch.from !== undefined)
    throw refuse(`There is no commit "${branch.from}".`, 'See what there is with: git branch --all')
  const changed = target && target !== head ? await readTree(host, shadow, head, target, untracked) : new Set<string>()
  if (changed.size > 0) {
    await mkdir(files, { recursive: true })
    const input = [...changed].map((path) => `${path}\0`).join('')
    await git(host, place, ['checkout-index', '--quiet', `--prefix=${files}/`, '-z', '--stdin'], { input })
  }
  if (target) await git(host, place, ['update-ref', '--no-deref', ref, target])
  await writeFile(join(gitDir, 'HEAD'), `ref: ${ref}\n`, 'latin1')
  return changed
}

async function checkName(host: Host, { place }: Shadow, name: string, ref: string): Promise<void> {
  await git(host, place, ['check-ref-format', '--branch', name]).catch((error: unknown) => {
    throw refuse(`"${name}" is no name for a branch.`, 'See git check-ref-format --help for what is.', error)
  })
  const taken = await git(host, place, ['for-each-ref', '--format=%(refname)', ref])
  if (taken !== '') throw refuse(`The branch "${name}" exists already.`, 'Choose another name, or switch to it before.')
}

/** @returns the paths whose files are otherwise at the other commit */
async function readTree(host: Host, shadow: Shadow, head: string | undefined, target: string, untracked: string[]) {
  const before = new Map((await readIndex(host, shadow)).map(({ path, mode, object }) => [path, `${mode} ${object}`]))
  await git(host, shadow.place, ['read-tree', '-m', ...(head ? [head] : []), target]).catch((error: unknown) => {
    if (!isError(error, 'tool.failed')) throw error
    throw refuse(`Local changes are in the way: ${error.message}`, 'Commit or stash them, or leave --from out.', error)
  })
  const after = await readIndex(host, shadow)
  const changed = new Set(
    after.filter(({ path, mode, object }) => before.get(path) !== `${mode} ${object}`).map(({ path }) => path),
  )
  const blocked = untracked.find((path) => [...changed].some((one) => one === path || one.startsWith(`${path}/`)))
  if (blocked !== undefined)
    throw refuse(`The untracked file "${blocked}" is in the way.`, 'Add it to a commit, move it away, or leave --from out.')
  return changed
}

function refuse(reason: string, advice: string, cause?: unknown): Error {
  return fail('workspace.branch', { reason, advice }, cause)
}
