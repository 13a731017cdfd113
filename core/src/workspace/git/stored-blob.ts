import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createInflate } from 'node:zlib'
import type { Host } from '../../hooks/host.ts'
import { git, isolated } from './git.ts'

/**
 * A blob of a git folder of ours, or of the host's object folders that it builds on.
 * @returns undefined when it is in none of them
 */
export async function readStoredBlob(host: Host, store: string, objects: string[], hash: string): Promise<Buffer | undefined> {
  const place = isolated(store, { objects })
  const text = await git(host, place, ['cat-file', 'blob', hash], { allow: [128] })
  if (text !== '') return Buffer.from(text, 'latin1')
  const type = await git(host, place, ['cat-file', '-t', hash], { allow: [128] })
  return type === 'blob\n' ? Buffer.alloc(0) : undefined
}

/**
 * The content of a loose blob, without git.
 * @throws ENOENT when it is not loose
 */
export async function* looseBlob(objects: string, hash: string): AsyncGenerator<Buffer> {
  const path = join(objects, hash.slice(0, 2), hash.slice(2))
  await access(path)
  let header = true
  for await (const chunk of createReadStream(path).pipe(createInflate()) as AsyncIterable<Buffer>) {
    // `blob <size>` and a zero byte come first, and are shorter than any chunk.
    const content = header ? chunk.subarray(chunk.indexOf(0) + 1) : chunk
    header = false
    if (content.length > 0) yield content
  }
}
