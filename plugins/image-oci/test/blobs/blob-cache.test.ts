import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTimeOf } from '@banger/core'
import { describe, expect, it } from 'vitest'
import { BlobCache } from '../../src/blobs/blob-cache.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = temporaryFolder()
const digest = `sha256:${'a'.repeat(64)}`
const signal = new AbortController().signal
const stuck = () => new Promise<void>(() => undefined)

function cacheOf(): { cache: BlobCache; partial: () => string[] } {
  const folder = mkdtempSync(join(root, 'cache-'))
  return { cache: new BlobCache(folder), partial: () => readdirSync(join(folder, 'blobs/partial')) }
}

describe('the cache', () => {
  it('fills a blob once for all who ask at the same time', async () => {
    const { cache } = cacheOf()
    let fills = 0
    const fill = async (file: string) => {
      fills++
      await sleep(20)
      await writeFile(file, 'blob')
    }
    await Promise.all([1, 2, 3].map(() => cache.add(digest, fill, signal)))
    expect(fills).toBe(1)
    expect(readFileSync(cache.path(digest), 'utf8')).toBe('blob')
  })

  it('keeps nothing of what fails, and lets the next one try', async () => {
    const { cache, partial } = cacheOf()
    const begun = Promise.withResolvers<void>()
    const failing = async (file: string) => {
      begun.resolve()
      await writeFile(file, 'half')
      await sleep(20)
      throw new Error('broken')
    }
    const first = cache.add(digest, failing, signal)
    await begun.promise
    const second = cache.add(digest, (file) => writeFile(file, 'whole'), signal)
    await expect(first).rejects.toThrow('broken')
    await second
    expect(readFileSync(cache.path(digest), 'utf8')).toBe('whole')
    expect(partial()).toEqual([])
  })

  it('lets go of whoever gives up waiting for another', async () => {
    const { cache } = cacheOf()
    const controller = new AbortController()
    const begun = Promise.withResolvers<void>()
    const filling = () => {
      begun.resolve()
      return stuck()
    }
    void cache.add(digest, filling, signal)
    await begun.promise
    const waiting = cache.add(digest, stuck, controller.signal)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('lists whole blobs and what processes that are gone have left, not what is being written', async () => {
    const folder = mkdtempSync(join(root, 'cache-'))
    const cache = new BlobCache(folder)
    expect(await cache.files()).toEqual([])
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const filling = cache.add(
      digest,
      async (file) => {
        await writeFile(file, 'blob')
        begun.resolve()
        await goOn.promise
      },
      signal,
    )
    await begun.promise
    const partial = join(folder, 'blobs/partial')
    // of a process that had this one's pid, of one that is gone, of one that lives
    const names = [`${process.pid}-1-x`, '4194304-1-x', `1-${await startTimeOf(1)}-x`]
    const [before, gone, theirs] = names.map((name) => join(partial, name))
    for (const path of [before, gone, theirs]) await writeFile(path ?? '', '')
    expect((await cache.files()).toSorted()).toEqual([before, gone].toSorted())
    goOn.resolve()
    await filling
    expect(await cache.files()).toContain(cache.path(digest))
  })

  it('says that the disk is full', async () => {
    const { cache } = cacheOf()
    const full = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
    await expect(cache.add(digest, full, signal)).rejects.toMatchObject({ code: 'disk.full' })
  })
})
