import { close, constants, fstat, open, read, readlink } from 'node:fs'
import { createHash, type Hash } from 'node:crypto'
import { promisify } from 'node:util'
import { fileOf, type HostFile, statFile } from './host-file.ts'

// Twice as fast as fs/promises for many small files, whose handles are objects that must be collected.
const openFile = promisify(open)
const statOpen = promisify(fstat)
const readInto = promisify(read)
const closeFile = promisify(close)
const readTarget = promisify(readlink)

/** Bytes read at once. */
const pieceSize = 256 * 1024

export interface ReadFile {
  /** The file as it was before its content was read. */
  file: HostFile
  /** Its content, of exactly `file.size` bytes: what a file lost meanwhile is zeros, what it gained is missing. */
  content: AsyncIterable<Buffer>
}

/**
 * Opens a file or link of the host to read it once; `content` must be read to its end.
 * @returns undefined when it is gone, or is neither any more
 */
export async function readHostFile({ path, source, kind }: HostFile): Promise<ReadFile | undefined> {
  try {
    return await (kind === 'link' ? readLink(path, source) : readRegular(path, source))
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function readRegular(path: string, source: Buffer): Promise<ReadFile | undefined> {
  const fd = await openFile(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const file = fileOf(path, source, await statOpen(fd, { bigint: true }))
  if (file?.kind === 'file' && file.size <= pieceSize) {
    const piece = await readPiece(fd, file.size)
    await closeFile(fd)
    return { file, content: once(piece) }
  }
  if (file?.kind === 'file') return { file, content: pieces(fd, file.size) }
  await closeFile(fd)
  return undefined
}

async function* pieces(fd: number, size: number): AsyncGenerator<Buffer> {
  try {
    for (let left = size; left > 0; left -= Math.min(left, pieceSize)) yield await readPiece(fd, Math.min(left, pieceSize))
  } finally {
    await closeFile(fd)
  }
}

async function readPiece(fd: number, size: number): Promise<Buffer> {
  const piece = Buffer.allocUnsafe(size)
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readInto(fd, piece, at, size - at, null)
    if (bytesRead === 0) piece.fill(0, at)
    at = bytesRead === 0 ? size : at + bytesRead
  }
  return piece
}

async function readLink(path: string, source: Buffer): Promise<ReadFile | undefined> {
  const target = await readTarget(source, { encoding: 'buffer' })
  const file = statFile(path, source)
  return file?.kind === 'link' ? { file: { ...file, size: target.length }, content: once(target) } : undefined
}

async function* once(piece: Buffer): AsyncGenerator<Buffer> {
  if (piece.length > 0) yield piece
}

/** Begins the name of the git blob with that content (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). */
export function startBlobHash(algorithm: 'sha1' | 'sha256', size: number): Hash {
  return createHash(algorithm).update(`blob ${size}\0`)
}

/** @returns the name of the git blob with a file's content, and the file as it was before; undefined when it is gone */
export async function hashHostFile(
  file: HostFile,
  algorithm: 'sha1' | 'sha256',
): Promise<{ file: HostFile; hash: string } | undefined> {
  const found = await readHostFile(file)
  if (!found) return undefined
  const hash = startBlobHash(algorithm, found.file.size)
  for await (const piece of found.content) hash.update(piece)
  return { file: found.file, hash: hash.digest('hex') }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  // ELOOP and ENXIO: it became a link or a pipe.
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO' || code === 'EINVAL'
}
