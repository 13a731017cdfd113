import { encodeHeader, endOfTar, padding } from '../../rootfs/tar/encode-header.ts'
import type { CopyEntry } from './copy-entry.ts'

/**
 * Writes entries as a tar.
 * @param name what the copied thing is called there; without one its content goes to the top of the tar, and it itself is left out
 */
export async function writeTar(
  entries: AsyncIterable<CopyEntry>,
  name: string | undefined,
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const top = name === undefined ? undefined : Buffer.from(name).toString('latin1')
  for await (const entry of entries) {
    const path = nameOf(top, entry.path)
    if (path === '') continue
    const slash = entry.type === 'directory' ? '/' : ''
    const target = entry.type === 'hardlink' ? nameOf(top, entry.target) : entry.target
    await write(encodeHeader({ ...entry, path: path + slash, target }))
    if (entry.type !== 'file') continue
    await entry.content(write)
    await write(padding(entry.size))
  }
  await write(endOfTar)
}

function nameOf(top: string | undefined, path: string): string {
  return [top, path].filter((part) => part !== undefined && part !== '').join('/')
}
