import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OperationLine, PrunedImages } from '../../core/src/protocol/api.ts'
import type { ImageEntry } from '../../core/src/protocol/model.ts'
import { fakeRegistry } from '../../plugins/image-oci/test/fake-registry.ts'
import { sampleImage, sha256 } from '../../plugins/image-oci/test/sample-image.ts'
import { outcome, until } from '../e2e/banger.ts'
import { Scratch } from '../e2e/scratch.ts'

const architecture = process.arch === 'x64' ? 'amd64' : process.arch
const layers = ['a', 'b', 'c'].map((path) => [{ path, content: randomBytes(300_000) }])
const image = sampleImage(layers, { config: { architecture } })
const [, stuckLayer = ''] = image.layers

/** A registry whose second layer stops in the middle, as long as `isStuck`. */
async function stuckRegistry() {
  const state = { isStuck: true }
  const registry = await fakeRegistry(image, (request, response) => {
    if (!state.isStuck || !request.url?.endsWith(stuckLayer)) return false
    const content = image.blobs.get(stuckLayer) ?? Buffer.alloc(0)
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 100_000))
    return true
  })
  return { registry, state, blobsAsked: () => registry.asked.filter((line) => line.includes('/blobs/')) }
}

const cache = ({ home }: Scratch) => join(home, '.cache/banger/blobs')
const list = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
const whole = (scratch: Scratch) => list(join(cache(scratch), 'sha256'))
const partial = (scratch: Scratch) => list(join(cache(scratch), 'partial'))

/** Every blob in the cache is what its name says. */
function expectWholeBlobs(scratch: Scratch): void {
  for (const name of whole(scratch)) expect(sha256(readFileSync(join(cache(scratch), 'sha256', name)))).toBe(`sha256:${name}`)
  expect(whole(scratch)).not.toContain(stuckLayer.slice(7))
}

/** What `make build` made, as its user runs it; no VM is booted. */
describe('a pull', () => {
  it('that is interrupted by Ctrl-C says so, leaves whole blobs alone, and goes on from there the next time', async () => {
    await using scratch = new Scratch()
    const { registry, state, blobsAsked } = await stuckRegistry()
    const pull = scratch.start(['image', 'pull', `${registry.host}/box:1`])
    const ended = outcome(pull)
    await until(() => whole(scratch).length === 4 && partial(scratch).length === 1)
    pull.kill('SIGINT')
    expect(await ended).toMatchObject({
      status: 130,
      stdout: '',
      stderr: expect.stringMatching(/Interrupted: the image ".*box:1" was not added.\n.*whole are cached/),
    })
    await until(() => partial(scratch).length === 0 && list(join(scratch.state, 'images')).length === 0)
    expectWholeBlobs(scratch)
    expect(await scratch.images()).toEqual([])
    state.isStuck = false
    registry.asked.length = 0
    expect(await scratch.ok(['image', 'pull', `${registry.host}/box:1`])).toMatch(/^box-1 is ready/)
    expect(blobsAsked()).toEqual([`GET /v2/box/blobs/${stuckLayer}`])
  })

  it('whose daemon is killed leaves whole blobs alone, and the next daemon goes on from there', async () => {
    await using scratch = new Scratch()
    const { registry, state, blobsAsked } = await stuckRegistry()
    const ended = scratch.run(['image', 'pull', `${registry.host}/box:1`])
    await until(() => whole(scratch).length === 4 && partial(scratch).length === 1)
    await scratch.killDaemon()
    expect(await ended).toMatchObject({ status: 1, stderr: expect.stringContaining('connection to the banger daemon was lost') })
    expectWholeBlobs(scratch)
    state.isStuck = false
    registry.asked.length = 0
    expect(await scratch.ok(['image', 'pull', `${registry.host}/box:1`])).toMatch(/^box-1 is ready/)
    expect(blobsAsked()).toEqual([`GET /v2/box/blobs/${stuckLayer}`])
    expect([partial(scratch), list(join(scratch.state, 'images'))]).toEqual([[], ['box-1']])
  })

  it('tells machines of its progress, line by line, and of its image', async () => {
    await using scratch = new Scratch()
    const registry = await fakeRegistry(image)
    const { stdout, stderr } = await scratch.run(['image', 'pull', `${registry.host}/box:1`, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ name: 'box-1', source: `${registry.host}/box:1`, digest: image.digest })
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as OperationLine)
    const ends = lines.flatMap((line) => (line.type === 'progress' && line.event.state === 'done' ? [line.event.id] : []))
    expect(ends).toEqual(expect.arrayContaining(['manifest', ...image.layers, 'rootfs']))
  })

  it('of what is cached needs no registry, and what is not used any more is freed', async () => {
    await using scratch = new Scratch()
    const registry = await fakeRegistry(image)
    const ref = `${registry.host}/box`
    await scratch.ok(['image', 'pull', `${ref}:1`, '--name', 'one'])
    await registry.close()
    await once(scratch.start(['image', 'delete', 'one']), 'exit')
    await scratch.ok(['image', 'pull', `${ref}@${image.digest}`, '--name', 'two'])
    await scratch.ok(['image', 'pull', `${ref}:1`, '--offline', '--name', 'three'])
    const refused = await scratch.run(['image', 'pull', `${ref}:2`, '--offline'])
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('its tag was never looked up') })

    const shown = (await scratch.json<ImageEntry[]>(['image', 'list'])).find(({ name }) => name === 'two')
    expect(shown?.cachedSize).toBe(shown?.sharedSize)
    expect(shown?.cachedSize).toBeGreaterThan(900_000)
    await scratch.ok(['image', 'delete', 'two', 'three'])
    const pruned = await scratch.json<PrunedImages>(['image', 'prune'])
    expect(pruned.freed).toBeGreaterThan(900_000)
    expect([whole(scratch), partial(scratch), list(join(cache(scratch), 'tags'))]).toEqual([[], [], []])
  })
})
