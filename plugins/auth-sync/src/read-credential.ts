import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** A credential file of the host: its bytes, nothing when there is none, or why it cannot be copied. */
export type Credential = { content: Buffer } | { problem: string } | undefined

/** Bytes; the real ones have a few KiB. */
const largest = 1024 * 1024

/** Reads a credential file. A link is followed, as dotfile managers make them. */
export async function readCredential(path: string): Promise<Credential> {
  let file: FileHandle
  try {
    // Without blocking: it may be a pipe that nobody writes to.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch (error) {
    return openProblem(error)
  }
  try {
    const found = await file.stat()
    if (!found.isFile()) return { problem: found.isDirectory() ? 'it is a folder' : 'it is no regular file' }
    // One byte more, since the file may grow meanwhile.
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(found.size, largest) + 1))
    return bytesRead > largest ? { problem: 'it is larger than 1 MiB' } : { content: buffer.subarray(0, bytesRead) }
  } catch (error) {
    return { problem: reasonOf(error) }
  } finally {
    await file.close()
  }
}

function openProblem(error: unknown): Credential {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'EACCES') return { problem: 'you may not read it' }
  if (code === 'ELOOP') return { problem: 'it is a link that leads to itself' }
  // A socket.
  if (code === 'ENXIO') return { problem: 'it is no regular file' }
  return { problem: reasonOf(error) }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
