import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testHost } from '@banger/plugin-testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshLists } from '../../src/distribution/apt-lists.ts'
import { distributionSource } from '../../src/distribution/source.ts'
import { hostIn } from '../fake-host.ts'

const live = { signal: new AbortController().signal, progress: () => undefined }
const host = testHost()
const apt = await host.which('apt-get')
host.remove()

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banger-apt-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('kernels from the distribution', () => {
  test.skipIf(!apt)('are listed, and the default one is pulled without being installed', async (context) => {
    const source = distributionSource(hostIn(folder))
    const chosen = (await source.available(live)).find((kernel) => kernel.default)
    if (!chosen) return context.skip("the host's apt knows no kernels")
    expect(chosen.name).toMatch(/^generic-\d+\.\d+$/)
    const messages = new Set<string>()
    const files = await source.pull(chosen.name, { dir: folder, ...live, progress: ({ message }) => void messages.add(message) })
    expect((await stat(files?.kernel ?? '')).size).toBeGreaterThan(1 << 20)
    expect(await readdir(files?.modules ?? '')).toEqual([chosen.version])
    await access(files?.config ?? '')
    expect([...messages]).toContain(`Downloading linux-image-${chosen.version}`)
    expect(await source.pull('generic-0.1', { dir: folder, ...live })).toBeUndefined()
  })

  test.skipIf(!apt)("can be had without the host's own package lists", async () => {
    const config = await freshLists(hostIn(folder), live, true)
    expect(config).toBe(join(folder, 'cache/apt/own-lists.conf'))
    expect((await readdir(join(folder, 'cache/apt/lists'))).some((name) => name.includes('_Packages'))).toBe(true)
  })

  test('are none where there is no apt', async () => {
    const host = { ...hostIn(folder), which: async () => undefined }
    expect(await distributionSource(host).available(live)).toEqual([])
    expect(await distributionSource(host).pull('generic-6.1', { dir: folder, ...live })).toBeUndefined()
  })
})
