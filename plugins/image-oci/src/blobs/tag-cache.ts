import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { listFiles } from './list-files.ts'

const format = z.object({ reference: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })

/** What tags named when they were last looked up: `<cache>/blobs/tags/<sha256 of the reference>`, a small JSON file each. */
export class TagCache {
  readonly folder: string

  /** @param cache banger's cache folder */
  constructor(cache: string) {
    this.folder = join(cache, 'blobs/tags')
  }

  /** @param reference in full: `docker.io/library/debian:bookworm` */
  path(reference: string): string {
    return join(this.folder, createHash('sha256').update(reference).digest('hex'))
  }

  /** The digest of its manifest or index; undefined when it was never looked up, or the file is not readable as one. */
  async get(reference: string): Promise<string | undefined> {
    const text = await readFile(this.path(reference), 'utf8').catch(() => 'null')
    const parsed = format.safeParse(parse(text))
    return parsed.success && parsed.data.reference === reference ? parsed.data.digest : undefined
  }

  /** What it keeps, and what a write that broke off has left. */
  async files(): Promise<string[]> {
    return listFiles(this.folder)
  }

  async put(reference: string, digest: string): Promise<void> {
    const path = this.path(reference)
    const partial = `${path}.${randomUUID()}`
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    try {
      await writeFile(partial, JSON.stringify({ reference, digest }), { mode: 0o600 })
      await rename(partial, path)
    } finally {
      await rm(partial, { force: true })
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
