import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail } from '@banger/core'
import { listFiles } from './list-files.ts'
import { isBeingWritten, partialName } from './partial-name.ts'

/**
 * Whole blobs by digest, shared by all images: `<cache>/blobs/sha256/<hex>`. What is under way lies in `blobs/partial` and gets its
 * name only when it is on the disk.
 */
export class BlobCache {
  readonly #folder: string
  readonly #partial: string
  readonly #underWay = new Map<string, Promise<void>>()

  /** @param cache banger's cache folder */
  constructor(cache: string) {
    this.#folder = join(cache, 'blobs/sha256')
    this.#partial = join(cache, 'blobs/partial')
  }

  path(digest: string): string {
    return join(this.#folder, digest.replace(/^sha256:/, ''))
  }

  /** @param size bytes that it must have */
  async has(digest: string, size?: number): Promise<boolean> {
    const found = await stat(this.path(digest)).catch(() => undefined)
    return found !== undefined && (size === undefined || found.size === size)
  }

  /**
   * Adds a blob unless it is there. Whoever asks for one that is being fetched waits for it.
   * @param fill writes the blob to a new file and checks it
   */
  async add(digest: string, fill: (file: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!(await this.has(digest))) {
      const other = this.#underWay.get(digest)
      if (!other) {
        const work = this.#fill(digest, fill).finally(() => this.#underWay.delete(digest))
        this.#underWay.set(digest, work)
        return await work
      }
      await Promise.race([other.catch(() => undefined), aborted(signal)])
      signal.throwIfAborted()
    }
  }

  async remove(digest: string): Promise<void> {
    await rm(this.path(digest), { force: true })
  }

  /** Whole blobs, and what processes that are gone have left: absolute paths. */
  async files(): Promise<string[]> {
    return [...(await listFiles(this.#folder)), ...(await this.#abandoned())]
  }

  async #fill(digest: string, fill: (file: string) => Promise<void>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await mkdir(this.#partial, { recursive: true, mode: 0o700 })
    for (const path of await this.#abandoned()) await rm(path, { force: true })
    const file = join(this.#partial, await partialName())
    try {
      await fill(file)
      await flush(file)
      await rename(file, this.path(digest))
      await flush(this.#folder)
    } catch (error) {
      await rm(file, { force: true })
      const { code } = error as NodeJS.ErrnoException
      throw code === 'ENOSPC' || code === 'EDQUOT' ? fail('disk.full', { folder: this.#partial }, error) : error
    }
  }

  /** Partial files of processes that are gone. */
  async #abandoned(): Promise<string[]> {
    const paths = await listFiles(this.#partial)
    const written = await Promise.all(paths.map((path) => isBeingWritten(basename(path))))
    return paths.filter((_, index) => !written[index])
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
