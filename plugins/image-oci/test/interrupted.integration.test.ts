import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTimeOf } from '@banger/core'
import { expect, it } from 'vitest'
import { registrySource } from '../src/sources/registry-source.ts'
import { hostIn } from './bare-host.ts'
import { fakeRegistry } from './fake-registry.ts'
import { sampleImage } from './sample-image.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const fixture = join(import.meta.dirname, 'fixtures/pull.ts')

it('leaves only whole blobs when it is killed, and the next pull fetches what is missing', async () => {
  const image = sampleImage([[{ path: 'a', content: 'a'.repeat(10_000) }], [{ path: 'b', content: 'b'.repeat(10_000) }]], {
    packing: 'none',
  })
  const [first = '', second = ''] = image.layers
  let isStuck = true
  const registry = await fakeRegistry(image, (request, response) => {
    if (!isStuck || !request.url?.endsWith(second)) return false
    const content = image.blobs.get(second) ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 4000))
    return true
  })
  const whole = join(folder, 'cache/blobs/sha256')
  const partial = join(folder, 'cache/blobs/partial')
  const list = (dir: string) => readdirSync(dir, { withFileTypes: true }).map(({ name }) => name)

  const child = spawn(process.execPath, [fixture, folder, `${registry.host}/x`], { stdio: 'inherit' })
  const ended = once(child, 'exit')
  mkdirSync(whole, { recursive: true })
  mkdirSync(partial, { recursive: true })
  // config, manifest and the first layer are there; the second hangs
  await expect.poll(() => list(whole).length, { timeout: 20_000 }).toBe(3)
  await expect.poll(() => list(partial).length, { timeout: 20_000 }).toBe(1)
  child.kill('SIGKILL')
  await ended
  expect(list(whole)).not.toContain(second.slice(7))

  isStuck = false
  registry.asked.length = 0
  // of a process that lives
  const other = `${process.pid}-${await startTimeOf(process.pid)}-other`
  writeFileSync(join(partial, other), '')
  const live = { signal: new AbortController().signal, progress: () => undefined }
  const found = await registrySource(hostIn(folder)).resolve(`${registry.host}/x`, live)
  for await (const layer of found?.layers(live) ?? []) layer.resume()
  await expect.poll(() => list(whole)).toContain(second.slice(7))
  expect(list(partial)).toEqual([other])
  expect(registry.asked.filter((line) => line.includes('/blobs/'))).toEqual([`GET /v2/x/blobs/${second}`])
  expect(list(whole)).toContain(first.slice(7))
})
