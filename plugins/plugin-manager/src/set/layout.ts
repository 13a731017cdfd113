import { mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { lockPlugins } from './lock.ts'

/**
 * What lies in the data folder. A set of plugins is a folder that never changes once it is in use; `current` points to the one in
 * use, so that replacing that symlink changes all at once. The names that oclif reads point through it.
 *
 *     <data>/current -> sets/7
 *     <data>/package.json -> current/package.json       (so are package-lock.json, node_modules, tarballs)
 *     <data>/sets/7/package.json, package-lock.json, node_modules/, tarballs/
 */
const parts = ['tarballs', 'node_modules', 'package-lock.json', 'package.json']

const partial = 'partial'

/** The folder of the set in use; the data folder itself when another program made it, or nothing did. */
export async function currentSet(data: string): Promise<string> {
  const target = await readlink(join(data, 'current')).catch(() => undefined)
  return target === undefined || (await isOwn(join(data, 'package.json'))) ? data : join(data, target)
}

/** A folder to make a set in. What a command that was killed left of one is removed. */
export async function stageSet(data: string): Promise<string> {
  const stage = join(data, 'sets', partial)
  await rm(stage, { recursive: true, force: true })
  await mkdir(stage, { recursive: true, mode: 0o700 })
  return stage
}

/** Makes a set the one in use, in one step: whatever happens, readers find the old one or the new one, whole. */
export async function useSet(data: string, stage: string): Promise<void> {
  const fresh = !(await exists(join(data, 'package.json')))
  const numbers = (await readdir(join(data, 'sets'))).map(Number).filter(Number.isInteger)
  const set = join(data, 'sets', String(Math.max(0, ...numbers) + 1))
  await rename(stage, set)
  if (fresh) for (const part of parts) await point(data, part, join('current', part))
  await point(data, 'current', set.slice(data.length + 1))
  if (!fresh) for (const part of parts) await takeOver(data, part)
}

/** Removes the sets that are not in use. A daemon that has not started anew yet may still read the one before. */
export async function removeOldSets(data: string): Promise<void> {
  using _lock = lockPlugins(data)
  const keep = await currentSet(data)
  for (const name of await readdir(join(data, 'sets')).catch(() => [])) {
    const set = join(data, 'sets', name)
    if (set !== keep) await rm(set, { recursive: true, force: true })
  }
}

/** A file or folder that oclif's own plugin manager made there: the set has a copy of it by now. */
async function takeOver(data: string, part: string): Promise<void> {
  const path = join(data, part)
  if (await isOwn(path)) await rename(path, join(await stageSet(data), part))
  await point(data, part, join('current', part))
}

async function point(data: string, name: string, target: string): Promise<void> {
  const staged = join(data, `.${name}.new`)
  await rm(staged, { force: true })
  await symlink(target, staged)
  await rename(staged, join(data, name))
}

/** Whether it is there and no symlink. */
async function isOwn(path: string): Promise<boolean> {
  return (await exists(path)) && (await readlink(path).catch(() => undefined)) === undefined
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
