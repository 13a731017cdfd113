import { stat } from 'node:fs/promises'
import type { Image, ImageEntry } from '../protocol/model.ts'

/**
 * Images with what they take on the disk at this moment. Blocks in use count, so that a hole is nothing.
 * @param shown those to describe
 * @param all every image, which tells what is shared
 */
export function imageEntries(shown: Image[], all: Image[]): Promise<ImageEntry[]> {
  const users = countUsers(all)
  return Promise.all(shown.map((image) => imageEntry(image, users)))
}

/** Bytes on the disk; 0 for a file that is not there. */
export async function sizeOnDisk(path: string): Promise<number> {
  return stat(path).then(
    ({ blocks }) => blocks * 512,
    () => 0,
  )
}

async function imageEntry(image: Image, users: Map<string, number>): Promise<ImageEntry> {
  const { files, cached = [] } = image
  const own = [files.rootfs, ...(files.workSeed ? [files.workSeed] : [])]
  const shared = cached.filter((path) => (users.get(path) ?? 0) > 1)
  const [size, cachedSize, sharedSize] = await Promise.all([own, cached, shared].map(sizesOnDisk))
  return { ...image, size: size ?? 0, cachedSize: cachedSize ?? 0, sharedSize: sharedSize ?? 0 }
}

/** How many images use each cached file. */
function countUsers(images: Image[]): Map<string, number> {
  const users = new Map<string, number>()
  for (const { cached = [] } of images) for (const path of new Set(cached)) users.set(path, (users.get(path) ?? 0) + 1)
  return users
}

async function sizesOnDisk(paths: string[]): Promise<number> {
  const sizes = await Promise.all([...new Set(paths)].map(sizeOnDisk))
  return sizes.reduce((sum, size) => sum + size, 0)
}
