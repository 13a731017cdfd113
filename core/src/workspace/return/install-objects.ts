import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, isError } from '../../errors.ts'
import type { Host } from '../../hooks/host.ts'
import { asUser, git, type GitPlace } from '../git/git.ts'

/**
 * Puts commits, with all that the repository lacks of them, into a repository's object store: as a pack, which appears
 * whole or not at all. No git works in the repository for that.
 * @param place where git finds the commits, and what they build on
 * @param known commits that the repository has
 * @param objects the repository's object folder
 * @param options.check whether every object must be sound (`git fsck --strict`); git's fetch from a bundle does not look
 * @throws workspace.unsound
 */
export async function installObjects(
  host: Host,
  place: GitPlace,
  commits: string[],
  known: string[],
  objects: string,
  options: { stage: string; check: boolean },
): Promise<void> {
  const { stage, check } = options
  const folder = await mkdtemp(join(stage, 'pack-'))
  const input = [...commits, ...known.map((commit) => `^${commit}`)].map((line) => `${line}\n`).join('')
  const settings = ['-c', 'pack.writeReverseIndex=false']
  const pack = ['pack-objects', '--revs', '--non-empty', '--delta-base-offset', '--quiet', join(folder, 'pack')]
  await git(host, place, [...settings, ...pack], { input })
  if (check) await checkPack(host, place, folder)
  await mkdir(join(objects, 'pack'), { recursive: true })
  // The index comes last: without it a pack is none.
  for (const name of (await readdir(folder)).sort((a, b) => (a.endsWith('.idx') ? 1 : 0) - (b.endsWith('.idx') ? 1 : 0)))
    await moveInto(join(folder, name), join(objects, 'pack', name))
}

async function checkPack(host: Host, place: GitPlace, folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((name) => name.endsWith('.pack')))
    await git(host, place, ['index-pack', '--strict', '-o', join(folder, 'checked'), join(folder, name)]).catch(
      (error: unknown) => {
        if (!isError(error, 'tool.failed')) throw error
        throw fail('workspace.unsound', { reason: error.message }, error)
      },
    )
  await rm(join(folder, 'checked'), { force: true })
}

async function moveInto(from: string, to: string): Promise<void> {
  // git removes what is left of this name after a crash (git-gc).
  const part = join(to, `../tmp_pack_${randomBytes(6).toString('hex')}`)
  try {
    await copyFile(from, part)
    const file = await open(part)
    await file.sync().finally(() => file.close())
    await rename(part, to)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/**
 * Makes a reference stand at a commit. None of the repository's hooks runs.
 * @param before where it must stand now; all zeros for one that must not be there; default: anywhere
 */
export async function setReference(host: Host, top: string, ref: string, commit: string, before?: string): Promise<void> {
  const args = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', 'update-ref', ref, commit]
  await git(host, asUser(top), before === undefined ? args : [...args, before])
}
