import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProgressEvent, readSettings, type ResolveOptions } from '@banger/core'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/registry/limits.ts'
import { settings } from '../../src/config.ts'
import { registrySource } from '../../src/sources/registry-source.ts'
import { hostIn } from '../bare-host.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { fakeRegistry, serve, type FakeRegistry, type Trick } from '../fake-registry.ts'
import { sampleImage, sha256, type SampleImage } from '../sample-image.ts'

const root = temporaryFolder()
const limits = { ...defaultLimits, patience: 300, backoff: 5, longestWait: 20 }
const big = sampleImage([
  [{ path: 'a', content: randomBytes(300_000) }],
  [{ path: 'b', content: randomBytes(200_000) }],
  [{ path: 'c', content: 'c' }],
])

interface Puller {
  folder: string
  /** Digests of what the layers unpack to. */
  pull(ref: string, options?: Partial<ResolveOptions>): Promise<string[]>
  events: ProgressEvent[]
  resolve(ref: string, options?: Partial<ResolveOptions>): ReturnType<ReturnType<typeof registrySource>['resolve']>
}

function puller(config: Record<string, unknown> = {}, folder = mkdtempSync(join(root, 'pull-'))): Puller {
  const source = registrySource(hostIn(folder), readSettings(hostIn(folder, config), 'image-oci', settings), limits)
  const events: ProgressEvent[] = []
  const progress = (event: ProgressEvent) => void events.push(event)
  const signal = new AbortController().signal
  return {
    folder,
    events,
    resolve: (ref, options) => source.resolve(ref, { signal, progress, ...options }),
    async pull(ref, options = {}) {
      const live = { signal, progress, ...options }
      const image = await source.resolve(ref, live)
      const digests: string[] = []
      for await (const layer of image?.layers(live) ?? []) {
        const hash = createHash('sha256')
        for await (const chunk of layer) hash.update(chunk as Buffer)
        digests.push(`sha256:${hash.digest('hex')}`)
      }
      return digests
    },
  }
}

const cached = ({ folder }: Puller) => ls(join(folder, 'cache/blobs/sha256'))
const ls = (folder: string) => {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
const isBlob = (digest: string) => (url: string | undefined) => url?.endsWith(`/blobs/${digest}`) ?? false
const failure = (code: string, text: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(text), hint: expect.stringMatching(/^[A-Z].*\w/) })

describe('a pull', () => {
  it.each(['gzip', 'zstd', 'none'] as const)('unpacks layers (%s), lowest first, and keeps whole blobs', async (packing) => {
    const image = sampleImage([[{ path: 'a', content: 'x'.repeat(100_000) }], [{ path: 'b' }]], { packing })
    const registry = await fakeRegistry(image)
    const test = puller()
    expect(await test.pull(`${registry.host}/x/y:t`)).toEqual(image.diffIds)
    expect(cached(test)).toEqual([...image.blobs.keys()].map((digest) => digest.slice(7)).sort())
    expect(ls(join(test.folder, 'cache/blobs/partial'))).toEqual([])
  })

  it('says what the image is', async () => {
    const config = { Env: ['PATH=/bin'], User: 'me', WorkingDir: '/w', Entrypoint: ['e'], Cmd: ['c'], Labels: { l: '1' } }
    const image = sampleImage([[{ path: 'a' }]], { config: { config } })
    const registry = await fakeRegistry(image)
    expect(await puller().resolve(`${registry.host}/x/debian:bookworm`)).toMatchObject({
      ref: `${registry.host}/x/debian:bookworm`,
      digest: image.digest,
      name: 'debian-bookworm',
      config: { env: ['PATH=/bin'], user: 'me', workingDir: '/w', entrypoint: ['e'], cmd: ['c'], labels: { l: '1' } },
    })
  })

  it('says which files of the cache it uses: every one that it made', async () => {
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ digest: big.digest, size: 1 }] }))
    const registry = await fakeRegistry({ ...big, blobs: new Map([...big.blobs, [sha256(index), index]]), digest: sha256(index) })
    const test = puller()
    const image = await test.resolve(`${registry.host}/x:t`)
    await test.pull(`${registry.host}/x:t`)
    const made = ['sha256', 'tags'].flatMap((name) => {
      const folder = join(test.folder, 'cache/blobs', name)
      return ls(folder).map((file) => join(folder, file))
    })
    expect(image?.cached?.toSorted()).toEqual(made.toSorted())
  })

  it('tells of each layer what is done with it', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    const told = () => new Set(test.events.splice(0).flatMap(({ message, state }) => (state === 'done' ? [message] : [])))
    const layers = (what: string) => big.layers.map((digest, at) => `${what} layer ${at + 1} of 3: ${digest.slice(7, 19)}`)
    const ref = `${registry.host}/x:t`
    await test.pull(ref)
    expect(told()).toEqual(new Set([`Looking up ${ref}`, ...layers('Downloading')]))
    await test.pull(ref)
    expect(told()).toEqual(new Set([`Looking up ${ref}`, ...layers('Cached')]))
    await test.pull(ref, { offline: true })
    expect(told()).toEqual(new Set([`Looking up ${ref}`, ...layers('Cached')]))
  })

  it('needs no network for what is cached: none at all by digest', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    await test.pull(`${registry.host}/x:t`)
    registry.asked.length = 0
    await test.pull(`${registry.host}/x:t`)
    expect(registry.asked).toEqual(['GET /v2/x/manifests/t'])
    await registry.close()
    expect(await test.pull(`${registry.host}/x@${big.digest}`)).toEqual(big.diffIds)
  })

  it('takes what a tag was last seen as when told to, and says so when the registry cannot be reached', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    const ref = `${registry.host}/x:t`
    const offline = { offline: true }
    await test.pull(ref)
    registry.asked.length = 0
    expect(await test.pull(ref, offline)).toEqual(big.diffIds)
    expect(registry.asked).toEqual([])
    await registry.close()
    await expect(test.pull(ref)).rejects.toMatchObject({ code: 'registry.failed', hint: expect.stringContaining('--offline') })
    expect(await test.pull(ref, offline)).toEqual(big.diffIds)
    await expect(test.pull(`${registry.host}/x:u`)).rejects.toMatchObject({
      code: 'registry.failed',
      hint: expect.not.stringContaining('--offline'),
    })
  })

  it('says offline what is missing', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    const ref = `${registry.host}/x:t`
    const offline = { offline: true }
    await expect(test.pull(ref, offline)).rejects.toEqual(failure('image.not-cached', /tag was never looked up/))
    await expect(test.pull(`${registry.host}/x@${big.digest}`, offline)).rejects.toEqual(
      failure('image.not-cached', new RegExp(`manifest is missing .${big.digest}`)),
    )
    await test.resolve(ref)
    await expect(test.resolve(ref, offline)).rejects.toEqual(failure('image.not-cached', /3 of its 4 parts are missing/))
    expect(registry.asked).toHaveLength(2)
    await test.pull(ref)
    truncateSync(join(test.folder, 'cache/blobs/sha256', big.layers[1]?.slice(7) ?? ''), 5000)
    await expect(test.resolve(ref, offline)).rejects.toEqual(failure('image.not-cached', /1 of its 4 parts/))
    writeFileSync(join(test.folder, 'cache/blobs/tags', ls(join(test.folder, 'cache/blobs/tags'))[0] ?? ''), '{"digest":7')
    await expect(test.resolve(ref, offline)).rejects.toEqual(failure('image.not-cached', /tag was never looked up/))
  })

  it('follows a tag that moves, and has it offline as it was last', async () => {
    const next = sampleImage([[{ path: 'next' }]])
    const registry = await fakeRegistry(big)
    const test = puller()
    await test.pull(`${registry.host}/x:t`)
    registry.trick = (request, response) => {
      serve(next, request, response)
      return true
    }
    expect(await test.pull(`${registry.host}/x:t`)).toEqual(next.diffIds)
    expect(await test.pull(`${registry.host}/x:t`, { offline: true })).toEqual(next.diffIds)
  })

  it('fetches layers that several pulls want only once', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    await Promise.all([test.pull(`${registry.host}/x:t`), test.pull(`${registry.host}/x:u`)])
    expect(registry.asked.filter((line) => line.includes('/blobs/'))).toHaveLength(4)
  })

  it('chooses this platform from an index unless told another, and passes attestations over', async () => {
    const other = sampleImage([[{ path: 'o' }]], { config: { architecture: '386' } })
    const descriptor = (digest: string, platform: object) => ({ digest, size: big.blobs.get(digest)?.length ?? 2, platform })
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        manifests: [
          descriptor(`sha256:${'1'.repeat(64)}`, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
          descriptor(`sha256:${'2'.repeat(64)}`, { os: 'unknown', architecture: 'unknown' }),
          descriptor(big.digest, { os: 'linux', architecture: 'amd64' }),
          descriptor(other.digest, { os: 'linux', architecture: '386' }),
        ],
      }),
    )
    const blobs = new Map([...big.blobs, ...other.blobs, [sha256(index), index]])
    const registry = await fakeRegistry({ ...big, blobs, digest: sha256(index) })
    const ref = `${registry.host}/x`
    expect(await puller().resolve(ref)).toMatchObject({ digest: big.digest, platform: 'linux/amd64' })
    const told = { platform: 'linux/386' }
    expect(await puller().resolve(ref, told)).toMatchObject({ digest: other.digest, platform: 'linux/386' })
    expect(await puller().pull(ref, told)).toEqual(other.diffIds)
    await expect(puller().pull(ref, { platform: 'linux/arm64' })).rejects.toEqual(failure('image.platform', /cannot boot here/))
    const test = puller()
    const byDigest = `${ref}@${sha256(index)}`
    await test.pull(byDigest)
    await registry.close()
    expect(await test.pull(byDigest)).toEqual(big.diffIds)
    await expect(test.pull(byDigest, { ...told, offline: true })).rejects.toEqual(
      failure('image.not-cached', new RegExp(`manifest is missing .${other.digest}`)),
    )
  })

  it('leaves alone what is no reference, unless it is named', async () => {
    expect(await puller().resolve('/srv/rootfs.tar')).toBeUndefined()
    await expect(puller().resolve('/srv/rootfs.tar', { named: true })).rejects.toEqual(failure('image.reference', /no reference/))
  })
})

describe('a bad connection', () => {
  it('is taken up where it broke', async () => {
    let left = 3
    const registry = await tricked(big, isBlob(big.layers[0] ?? ''), (request, response) => {
      if (left-- <= 0) return false
      const content = big.blobs.get(big.layers[0] ?? '') ?? Buffer.alloc(0)
      const start = Number(/bytes=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0)
      response.writeHead(start ? 206 : 200, {
        'content-length': content.length - start,
        ...(start ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {}),
      })
      response.write(content.subarray(start, start + 50_000), () => setTimeout(() => response.destroy(), 20))
      return true
    })
    expect(await puller().pull(`${registry.host}/x`)).toEqual(big.diffIds)
    expect(registry.asked.filter((line) => line.includes('bytes=')).length).toBeGreaterThan(0)
  })

  it('begins anew with a server that knows no ranges', async () => {
    let left = 1
    const registry = await tricked(big, isBlob(big.layers[0] ?? ''), (request, response) => {
      const content = big.blobs.get(big.layers[0] ?? '') ?? Buffer.alloc(0)
      response.writeHead(200, { 'content-length': content.length })
      if (left-- > 0) response.write(content.subarray(0, 70_000), () => setTimeout(() => response.destroy(), 20))
      else response.end(content)
      return request.method === 'GET'
    })
    // its length is that of the whole
    expect(await puller().pull(`${registry.host}/x`)).toEqual(big.diffIds)
  })

  it('is tried again when the registry is busy', async () => {
    let left = 3
    const registry = await fakeRegistry(big, (_, response) => {
      if (left-- <= 0) return false
      response.writeHead(left === 1 ? 429 : 503, { 'retry-after': '1' }).end()
      return true
    })
    expect(await puller().pull(`${registry.host}/x`)).toEqual(big.diffIds)
  })

  it('that stalls in the middle is taken up there', async () => {
    let left = 1
    const registry = await tricked(big, isBlob(big.layers[0] ?? ''), (_, response) => {
      if (left-- <= 0) return false
      const content = big.blobs.get(big.layers[0] ?? '') ?? Buffer.alloc(0)
      response.writeHead(200, { 'content-length': content.length })
      response.write(content.subarray(0, 100_000))
      return true
    })
    expect(await puller().pull(`${registry.host}/x`)).toEqual(big.diffIds)
    expect(registry.asked.some((line) => line.endsWith('bytes=100000-'))).toBe(true)
  })

  it('to nowhere is told', async () => {
    const registry = await fakeRegistry(big)
    await registry.close()
    await expect(puller().pull(`${registry.host}/x`)).rejects.toEqual(failure('registry.failed', /refused/))
  })

  it('ends when the user does', async () => {
    const registry = await tricked(big, isBlob(big.layers[1] ?? ''), () => true)
    const test = puller()
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 100)
    await expect(test.pull(`${registry.host}/x`, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(ls(join(test.folder, 'cache/blobs/partial'))).toEqual([])
  })
})

describe('a hostile registry', () => {
  const first = big.layers[0] ?? ''
  const content = big.blobs.get(first) ?? Buffer.alloc(0)
  const answer = (bytes: Buffer, headers: Record<string, string | number> = {}, status = 200): Trick => {
    return (_, response) => {
      response.writeHead(status, headers).end(bytes)
      return true
    }
  }
  const flipped = Buffer.from(content)
  flipped[1000] = (flipped[1000] ?? 0) ^ 1

  it.each<[string, Trick, string, RegExp]>([
    ['sends other bytes', answer(flipped), 'blob.corrupt', /digest differs/],
    ['sends too much', answer(Buffer.concat([content, content])), 'blob.corrupt', /more than/],
    ['announces too little', answer(content.subarray(0, 1000), { 'content-length': 1000 }), 'registry.failed', /announces/],
    ['announces too much', answer(content, { 'content-length': content.length + 9 }), 'registry.failed', /announces/],
    ['sends too little', answer(content.subarray(0, 1000)), 'registry.failed', /sent 1000 of/],
    ['hangs up in the middle, each time', hangUp(content), 'registry.failed', /broke off|sent/],
    ['stalls', () => true, 'registry.failed', /stopped sending/],
    ['answers with an error page', answer(content, {}, 500), 'registry.failed', /answers 500/],
    ['sends a web page', answer(content, { 'content-type': 'text/html; charset=utf-8' }), 'registry.failed', /web page/],
    ['redirects for ever', redirect('/v2/x/blobs/x'), 'registry.failed', /redirects more than/],
    ['redirects to plain HTTP elsewhere', redirect('http://example.org/'), 'registry.failed', /not safe/],
    ['redirects to a file', redirect('file:///etc/passwd'), 'registry.failed', /not safe/],
  ])('that %s is refused, and nothing stays', async (_, trick, code, text) => {
    const registry = await tricked(
      big,
      (url) => /\/blobs\//.test(url ?? '') && (isBlob(first)(url) || url === '/v2/x/blobs/x'),
      trick,
    )
    const test = puller()
    await expect(test.pull(`${registry.host}/x`)).rejects.toEqual(failure(code, text))
    expect(cached(test)).not.toContain(first.slice(7))
    expect(ls(join(test.folder, 'cache/blobs/partial'))).toEqual([])
  })

  it.each<[string, string | Buffer, string, RegExp]>([
    ['a web page', '<html>', 'image.refused', /web page/],
    ['rubbish', 'x', 'image.refused', /not JSON/],
    ['schema 1', '{"schemaVersion":1,"fsLayers":[]}', 'image.refused', /schema 1/],
    [
      'another kind of thing',
      '{"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"' + first + '","size":1},"layers":[]}',
      'image.refused',
      /no container image/,
    ],
    ['a bad digest', '{"config":{"digest":"sha256:../../etc/passwd","size":1},"layers":[]}', 'image.refused', /digest/],
    ['too much', Buffer.alloc(5 << 20, ' '), 'registry.failed', /more than/],
  ])('that sends %s for a manifest is refused', async (_, body, code, text) => {
    const registry = await tricked(big, (url) => url?.includes('/manifests/') ?? false, answer(Buffer.from(body)))
    await expect(puller().pull(`${registry.host}/x`)).rejects.toEqual(failure(code, text))
  })

  it('cannot swap a manifest that was asked for by digest', async () => {
    const other = sampleImage([[{ path: 'z' }]])
    const registry = await tricked(
      big,
      (url) => url?.includes('/manifests/') ?? false,
      answer(other.blobs.get(other.digest) ?? Buffer.alloc(0)),
    )
    await expect(puller().pull(`${registry.host}/x@${big.digest}`)).rejects.toEqual(failure('blob.corrupt', /digest differs/))
  })
})

describe('an image that is not what it says', () => {
  it.each<[string, SampleImage, string, RegExp]>([
    [
      'a wrong diff id',
      sampleImage([[{ path: 'a' }]], { diffIds: [`sha256:${'0'.repeat(64)}`] }),
      'blob.corrupt',
      /unpacks to other bytes/,
    ],
    ['another architecture', sampleImage([[{ path: 'a' }]], { config: { architecture: 's390x' } }), 'image.refused', /s390x/],
    ['fewer diff ids than layers', sampleImage([[{ path: 'a' }]], { diffIds: [] }), 'image.refused', /1 layers/],
    ['no layers', sampleImage([]), 'image.refused', /no layers/],
  ])('is refused: %s', async (_, image, code, text) => {
    const registry = await fakeRegistry(image)
    await expect(puller().pull(`${registry.host}/x`)).rejects.toEqual(failure(code, text))
  })

  it('is refused when it inflates beyond the limit', async () => {
    const registry = await fakeRegistry(sampleImage([[{ path: 'a', content: Buffer.alloc(4 << 20) }]]))
    const test = puller({ max_unpacked_gib: 1 / 1024 })
    await expect(test.pull(`${registry.host}/x`)).rejects.toEqual(failure('image.refused', /unpack to more than/))
  })

  it('cannot make the cache lose a blob by a wrong size', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    await test.pull(`${registry.host}/x`)
    const [digest] = big.layers
    const config = { digest, size: 5 }
    const liar = await fakeRegistry({ ...sampleImage([[{ path: 'a' }]], { manifest: { config } }) })
    await expect(test.pull(`${liar.host}/x`)).rejects.toEqual(failure('blob.corrupt', /has not the 5 bytes/))
    expect(cached(test)).toContain(digest?.slice(7))
  })

  it('is fetched again when the cache was cut short', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    await test.pull(`${registry.host}/x`)
    truncateSync(join(test.folder, 'cache/blobs/sha256', big.layers[1]?.slice(7) ?? ''), 5000)
    expect(await test.pull(`${registry.host}/x`)).toEqual(big.diffIds)
  })

  it('is fetched again when the cache went bad', async () => {
    const registry = await fakeRegistry(big)
    const test = puller()
    await test.pull(`${registry.host}/x`)
    const path = join(test.folder, 'cache/blobs/sha256', big.layers[0]?.slice(7) ?? '')
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0, 5000, 6000))
    await expect(test.pull(`${registry.host}/x`)).rejects.toEqual(failure('blob.corrupt', /./))
    await expect.poll(() => cached(test).includes(big.layers[0]?.slice(7) ?? '')).toBe(false)
    expect(await test.pull(`${registry.host}/x`)).toEqual(big.diffIds)
  })
})

describe('registries', () => {
  it('give a token where they want one, and credentials stay with them', async () => {
    const seen: (string | undefined)[] = []
    const elsewhere = await fakeRegistry(big, (request) => {
      seen.push(request.headers.authorization)
      return false
    })
    const registry = await fakeRegistry(big, (request, response) => {
      if (request.url?.startsWith('/token?')) {
        expect(new URL(request.url, 'http://x').searchParams.get('scope')).toBe('repository:x:pull')
        response.end('{"token":"secret"}')
      } else if (request.headers.authorization !== 'Bearer secret') {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${registry.host}/token",service="s"` }).end()
      } else if (request.url?.includes('/blobs/')) {
        response.writeHead(307, { location: `http://${elsewhere.host}${request.url}` }).end()
      } else serve(big, request, response)
      return true
    })
    expect(await puller().pull(`${registry.host}/x`)).toEqual(big.diffIds)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every((header) => header === undefined)).toBe(true)
  })

  it('that let nobody in, or have nothing, are told apart', async () => {
    const closed = await fakeRegistry(big, (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      return true
    })
    await expect(puller().pull(`${closed.host}/x`)).rejects.toEqual(failure('registry.unauthorized', /does not give x/))
    const empty = await fakeRegistry({ ...big, blobs: new Map() })
    await expect(puller().pull(`${empty.host}/x`)).rejects.toEqual(failure('registry.not-found', /x:latest/))
  })

  it('have mirrors, which are asked first and may fail', async () => {
    const mirror = await fakeRegistry(big)
    const broken = await fakeRegistry({ ...big, blobs: new Map() })
    const mirrors = { 'example.org': [`http://${broken.host}`, `${mirror.host}/cache`], [mirror.host]: `http://${broken.host}` }
    expect(await puller({ mirrors }).pull(`${mirror.host}/x`)).toEqual(big.diffIds)
    expect(broken.asked.length).toBeGreaterThan(0)
    const test = puller({ mirrors: { 'registry.invalid': [`http://${broken.host}`, `${mirror.host}/cache`] } })
    expect(await test.pull('registry.invalid/x')).toEqual(big.diffIds)
    expect(mirror.asked).toContain('GET /v2/cache/x/manifests/latest')
  })

  it('that do not speak TLS are safe on loopback alone, unless the pull or the configuration says otherwise', async () => {
    const registry = await fakeRegistry(big)
    const ref = `${registry.stranger}/x`
    const test = puller()
    await expect(test.pull(ref)).rejects.toMatchObject({
      code: 'registry.untrusted',
      message: expect.stringMatching(/does not speak TLS/),
      hint: expect.stringContaining('--insecure'),
    })
    expect(registry.asked).toEqual([])
    expect(await test.pull(ref, { insecure: true })).toEqual(big.diffIds)
    await expect(test.pull(ref)).rejects.toEqual(failure('registry.untrusted', /./))
    expect(await puller({ insecure: [registry.stranger] }).pull(ref)).toEqual(big.diffIds)
  })

  it('that may be insecure do not make others so', async () => {
    const elsewhere = await fakeRegistry(big)
    const registry = await tricked(big, (url) => url?.includes('/blobs/') ?? false, redirect(`http://${elsewhere.stranger}/v2/x`))
    await expect(puller().pull(`${registry.stranger}/x`, { insecure: true })).rejects.toEqual(
      failure('registry.failed', /not safe/),
    )
    expect(elsewhere.asked).toEqual([])
  })

  it('are refused a setting that does not fit', async () => {
    expect(() => puller({ insecur: [] })).toThrow(expect.objectContaining({ hint: 'Did you mean "insecure"?' }))
  })
})

function hangUp(content: Buffer): Trick {
  return (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 1000), () => response.destroy())
    return true
  }
}

function redirect(location: string): Trick {
  return (_, response) => {
    response.writeHead(302, { location }).end()
    return true
  }
}

/** Plays a trick on some requests alone. */
function tricked(image: SampleImage, some: (url: string | undefined) => boolean, trick: Trick): Promise<FakeRegistry> {
  return fakeRegistry(image, (request, response) => some(request.url) && trick(request, response))
}
