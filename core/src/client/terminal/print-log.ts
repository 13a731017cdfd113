import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { type Outlet, writeThrough } from './write-through.ts'

export interface PrintLogOptions {
  /** Only this many of the last lines. */
  lines?: number
  /** Until the file is removed or the reader goes. */
  follow?: boolean
}

const blockSize = 64 * 1024
const pollEvery = 200

/** Copies a log file to a stream. A file that is not there yet counts as empty. */
export async function printLog(file: string, output: Writable, options: PrintLogOptions): Promise<void> {
  const outlet = writeThrough(output)
  const handle = await openWhenThere(file, options.follow ?? false)
  if (!handle) return
  try {
    let position = options.lines === undefined ? 0 : await startOfLastLines(handle, options.lines)
    position = await copy(handle, outlet, position)
    while (options.follow && !outlet.closed) {
      await new Promise((resolve) => setTimeout(resolve, pollEvery))
      const { size, nlink } = await handle.stat()
      // Smaller than before: it was cut, and begins anew.
      position = await copy(handle, outlet, size < position ? 0 : position)
      if (nlink === 0) break
    }
    await outlet.drained()
  } finally {
    await handle.close()
  }
}

async function openWhenThere(file: string, wait: boolean): Promise<FileHandle | undefined> {
  for (;;) {
    try {
      return await open(file)
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!missing) throw error
    }
    if (!wait) return undefined
    await new Promise((resolve) => setTimeout(resolve, pollEvery))
  }
}

/** @returns the position behind what was copied */
async function copy(handle: FileHandle, outlet: Outlet, from: number): Promise<number> {
  let position = from
  while (!outlet.closed) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(blockSize), position })
    if (bytesRead === 0) break
    position += bytesRead
    await outlet.write(buffer.subarray(0, bytesRead))
  }
  return position
}

/** Reads backwards, so that a long log costs no more than its end. */
async function startOfLastLines(handle: FileHandle, lines: number): Promise<number> {
  const { size } = await handle.stat()
  let missing = lines
  for (let end = size; end > 0; end -= Math.min(blockSize, end)) {
    const start = Math.max(0, end - blockSize)
    const { buffer } = await handle.read({ buffer: Buffer.alloc(end - start), position: start })
    for (let at = buffer.length - 1; at >= 0; at--) {
      // The newline that ends the last line begins no further one.
      if (buffer[at] !== 10 || start + at === size - 1) continue
      missing -= 1
      if (missing <= 0) return lines === 0 ? size : start + at + 1
    }
  }
  return lines === 0 ? size : 0
}
