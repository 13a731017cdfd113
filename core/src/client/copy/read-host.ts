import { type BigIntStats, constants } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import type { CopyEntry, CopySource } from './copy-entry.ts'
import { badPath } from './host-stat.ts'

const pieceSize = 256 * 1024

/**
 * A file or folder of this host, with all it holds. Links inside are links; hard links among them stay such.
 * @param top absolute path, its links resolved
 */
export function readHost(top: string): CopySource {
  const source = { leftOut: 0, entries: walk() }
  return source

  async function* walk(): AsyncGenerator<CopyEntry> {
    const linked = new Map<string, string>()
    const waiting = ['']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const file = pathOf(top, path)
      const stats = await look(file, path)
      if (!stats) continue
      const entry = await describe(file, path, stats, linked)
      if (entry) yield entry
      else source.leftOut++
      if (stats.isDirectory()) waiting.push(...(await children(file, path)))
    }
  }
}

async function describe(
  file: Buffer,
  path: string,
  stats: BigIntStats,
  linked: Map<string, string>,
): Promise<CopyEntry | undefined> {
  const common = { path, mode: Number(stats.mode) & 0o7777, mtime: timeOf(stats.mtimeNs), size: 0, target: '' }
  const nothing = async (): Promise<void> => undefined
  if (stats.isDirectory()) return { ...common, type: 'directory', content: nothing }
  if (stats.isSymbolicLink()) return { ...common, type: 'symlink', target: await targetOf(file), content: nothing }
  if (!stats.isFile()) return undefined
  const inode = `${stats.dev}:${stats.ino}`
  const first = linked.get(inode)
  if (first !== undefined) return { ...common, type: 'hardlink', target: first, content: nothing }
  if (stats.nlink > 1n) linked.set(inode, path)
  const size = Number(stats.size)
  return { ...common, type: 'file', size, content: (sink) => readFile(file, size, sink) }
}

/** The file as it was when it was looked at: what it has grown since is left out, what it has lost is zeros. */
async function readFile(path: Buffer, size: number, sink: (piece: Buffer) => Promise<void>): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch((error: unknown) => Promise.reject(badPath(path.toString(), error)))
  try {
    for (let left = size; left > 0; ) {
      const buffer = Buffer.allocUnsafe(Math.min(left, pieceSize))
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      const piece = bytesRead > 0 ? buffer.subarray(0, bytesRead) : buffer.fill(0)
      left -= piece.length
      await sink(piece)
    }
  } finally {
    await file.close()
  }
}

/** Undefined for what has gone since its folder was listed. */
async function look(file: Buffer, path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(file, { bigint: true })
  } catch (error) {
    if (path !== '' && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw badPath(file.toString(), error)
  }
}

/** In an order that makes the first come off the end of a list first. */
async function children(folder: Buffer, path: string): Promise<string[]> {
  const names = await readdir(folder, { encoding: 'buffer' }).catch((error: unknown) =>
    Promise.reject(badPath(folder.toString(), error)),
  )
  const prefix = path === '' ? '' : `${path}/`
  return names
    .map((name) => prefix + name.toString('latin1'))
    .sort()
    .reverse()
}

async function targetOf(link: Buffer): Promise<string> {
  return (await readlink(link, { encoding: 'buffer' })).toString('latin1')
}

function pathOf(top: string, path: string): Buffer {
  return path === '' ? Buffer.from(top) : Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')])
}

function timeOf(nanoseconds: bigint): CopyEntry['mtime'] {
  const second = 1_000_000_000n
  const rest = ((nanoseconds % second) + second) % second
  return { seconds: Number((nanoseconds - rest) / second), nanoseconds: Number(rest) }
}
