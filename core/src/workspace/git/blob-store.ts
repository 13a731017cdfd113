import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createDeflate, deflate } from 'node:zlib'

const compress = promisify(deflate)

/** Bytes up to which a blob is written at once. */
const atOnce = 1024 * 1024

/** Fast rather than small: such an object is kept as long as a VM. */
const level = 1

/**
 * Writes a blob as a loose object (gitrepository-layout(5)) without starting git for it. One that is there is left alone.
 * @param objects the object folder
 * @param hash the blob's name
 * @param size bytes of its content
 */
export async function writeBlob(objects: string, hash: string, size: number, content: AsyncIterable<Buffer>): Promise<void> {
  const path = join(objects, hash.slice(0, 2), hash.slice(2))
  if (await exists(path)) return
  await mkdir(dirname(path), { recursive: true })
  const part = join(dirname(path), `tmp_obj_${randomBytes(6).toString('hex')}`)
  try {
    if (size <= atOnce) await writeFile(part, await compress(Buffer.concat(await collect(whole(size, content))), { level }))
    else await pipeline(Readable.from(whole(size, content)), createDeflate({ level }), createWriteStream(part))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function* whole(size: number, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(`blob ${size}\0`)
  yield* content
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for await (const piece of source) pieces.push(piece)
  return pieces
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
