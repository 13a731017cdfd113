import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { copySet } from './copy-set.ts'
import { currentSet, stageSet, useSet } from './layout.ts'
import { lockPlugins } from './lock.ts'
import { readManifest } from './manifest.ts'

/**
 * Changes the set of plugins as a whole: `change` works in a copy, which takes the place of the old set at once when it has
 * succeeded. A failure, or the end of this process at any instant, leaves the old set as it was.
 * @param data the data folder
 * @throws plugin.busy, plugin.list, and what `change` throws
 */
export function changeSet<T>(data: string, change: (set: string) => Promise<T>): Promise<T> {
  return replaceSet(data, async (stage) => {
    const current = await currentSet(data)
    await readManifest(current)
    await copySet(current, stage)
    return change(stage)
  })
}

/** The same, beginning with nothing. */
export async function replaceSet<T>(data: string, make: (set: string) => Promise<T>): Promise<T> {
  using _lock = lockPlugins(data)
  const stage = await stageSet(data)
  try {
    const result = await make(stage)
    await rm(join(stage, 'incoming'), { recursive: true, force: true })
    await useSet(data, stage)
    return result
  } catch (error) {
    await rm(stage, { recursive: true, force: true })
    throw error
  }
}
