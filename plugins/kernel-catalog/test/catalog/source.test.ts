import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type KernelFiles, readSettings } from '@banger/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { catalogAddress, settings } from '../../src/catalog/config.ts'
import { catalogSource } from '../../src/catalog/source.ts'
import { hostIn } from '../fake-host.ts'
import { type CatalogServer, indexOf, startServer, tarOf } from './catalog-server.ts'

let folder: string
let dir: string
let server: CatalogServer
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banger-catalog-'))
  dir = join(folder, 'dir')
  await mkdir(dir)
  server = await startServer()
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const live = { signal: new AbortController().signal, progress: () => undefined }
const sourceWith = (config: Record<string, unknown>) => {
  const host = hostIn(folder, config)
  return catalogSource(
    host,
    readSettings(host, 'kernel-catalog', settings).map((place) => catalogAddress(place, host)),
  )
}
const source = (...catalogs: string[]) => sourceWith({ catalogs })
const content = {
  'vmlinux': 'the kernel',
  'modules/6.12.8/modules.dep': 'a.ko:\n',
  './config': 'CONFIG_A=y\n',
  'README': 'hello',
}

async function contentOf(files: KernelFiles | undefined): Promise<Record<string, string>> {
  const { kernel, modules, config } = files ?? { kernel: '' }
  const read = (path: string): Promise<string> => readFile(path, 'utf8')
  return {
    kernel: await read(kernel),
    dep: await read(join(modules ?? '', '6.12.8/modules.dep')),
    config: await read(config ?? ''),
  }
}
const expected = { kernel: 'the kernel', dep: 'a.ko:\n', config: 'CONFIG_A=y\n' }

describe('a catalog', () => {
  test('lists the kernels for this machine', async () => {
    const tarball = await tarOf(content)
    server.routes.set('/index.json', indexOf(tarball))
    server.routes.set('/arm.json', indexOf(tarball, { name: 'other', arch: 'arm64' }))
    expect(await source(`${server.url}/index.json`, `${server.url}/arm.json`).available(live)).toEqual([
      { name: 'sample', version: '6.12.8', arch: 'x64', summary: 'a sample', size: tarball.length },
    ])
    expect(await source().available(live)).toEqual([])
  })

  test.each<[string, (tar: Buffer) => Buffer]>([
    ['kernels/sample.tar', (tar) => tar],
    ['sample.tar.gz', (tar) => gzipSync(tar)],
    ['sample.tgz?x=1', (tar) => gzipSync(tar)],
    ['/k/sample.tar.zst', (tar) => zstdCompressSync(tar)],
  ])('gives the files of %s', async (url, compress) => {
    const tarball = compress(await tarOf(content))
    server.routes.set('/index.json', indexOf(tarball, { url }))
    server.routes.set(url.startsWith('/') ? url : `/${url}`, tarball)
    const files = await source(`${server.url}/index.json`).pull('sample', { dir, ...live })
    expect(await contentOf(files)).toEqual(expected)
    expect(await readdir(dir)).toEqual(['content'])
  })

  test('may be a file, named by path or by URL', async () => {
    const tarball = await tarOf(content)
    await writeFile(join(folder, 'index.json'), indexOf(tarball))
    await writeFile(join(folder, 'sample.tar'), tarball)
    for (const place of [join(folder, 'index.json'), `file://${folder}/index.json`, '../index.json']) {
      expect(await contentOf(await source(place).pull('sample', { dir, ...live }))).toEqual(expected)
      await rm(join(dir, 'content'), { recursive: true })
    }
  })

  test('knows nothing of other names', async () => {
    server.routes.set('/index.json', indexOf(await tarOf(content)))
    expect(await source(`${server.url}/index.json`).pull('other', { dir, ...live })).toBeUndefined()
  })

  test('is followed where it moved to', async () => {
    server.routes.set('/index.json', indexOf(await tarOf(content)))
    server.routes.set('/old.json', (_, response) => response.writeHead(301, { location: 'index.json' }).end())
    expect(await source(`${server.url}/old.json`).available(live)).toHaveLength(1)
  })

  test('that fails does not hide the others', async () => {
    server.routes.set('/index.json', indexOf(await tarOf(content)))
    const told: string[] = []
    const progress = ({ message }: { message: string }) => void told.push(message)
    expect(await source(`${server.url}/none.json`, `${server.url}/index.json`).available({ ...live, progress })).toHaveLength(1)
    expect(told).toEqual([`The kernel catalog ${server.url}/none.json cannot be used: the server answers 404 Not Found`])
  })

  test('that fails leaves the names of the distribution to the distribution', async () => {
    expect(await source(`${server.url}/none.json`).pull('generic-6.1', { dir, ...live })).toBeUndefined()
  })
})

describe('a catalog that cannot be used is named, with the reason:', () => {
  test.each<[string, CatalogServer['routes'] extends Map<string, infer R> ? R : never]>([
    ['the server answers 500', (_, response) => response.writeHead(500).end()],
    [
      'the server answers with a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['it is a web page', '<!DOCTYPE html>'],
    ['it is not JSON', '{"format": 1, "kernels": ['],
    ['format: ', '{"format": 2, "kernels": []}'],
    ['kernels.0.sha256: must be 64', indexOf(Buffer.alloc(9), { sha256: 'abc' })],
    ['kernels.0.name: must be', indexOf(Buffer.alloc(9), { name: '../x' })],
    ['the server redirects more than 5 times', (_, response) => response.writeHead(302, { location: '/index.json' }).end()],
    ['is not safe', (_, response) => response.writeHead(302, { location: 'http://192.0.2.1/index.json' }).end()],
    ['is not safe', (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end()],
    [
      'the connection broke off',
      (_, response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
    ],
    ['', (request) => request.socket.destroy()],
  ])('%s', async (reason, route) => {
    server.routes.set('/index.json', route)
    const message = expect.stringContaining(reason)
    await expect(source(`${server.url}/index.json`).available(live)).rejects.toMatchObject({ code: 'catalog.invalid', message })
  })

  test('there is no file', async () => {
    const failure = { code: 'catalog.invalid', message: expect.stringContaining('there is no file') }
    await expect(source(join(folder, 'none.json')).available(live)).rejects.toMatchObject(failure)
  })

  test.each([[{ catalogs: 'text' }], [{ catalogs: ['https://'] }], [{ catalog: [] }]])('the configuration %j', (config) => {
    expect(() => sourceWith(config)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^config\./) }))
  })
})

describe('a tarball that is not what the catalog says leaves nothing behind:', () => {
  const kernelIn = (entries: Parameters<typeof tarOf>[0]) => tarOf({ vmlinux: 'the kernel', ...entries })
  const cut = (tar: Buffer): Buffer => gzipSync(tar).subarray(0, -30)
  test.each<[string, Promise<Buffer>, Record<string, unknown>?]>([
    ['its sha256 is', tarOf(content), { sha256: '0'.repeat(64) }],
    ['and the catalog says 5', tarOf(content), { size: 5 }],
    ['the server answers 404', tarOf(content), { url: 'elsewhere.tar' }],
    ['cannot name a local file', tarOf(content), { url: 'file:///etc/passwd' }],
    ['is not safe', tarOf(content), { url: 'http://192.0.2.1/sample.tar' }],
    ['it is no .tar, .tar.gz or .tar.zst', tarOf(content), { url: 'sample.tar?x=1', rename: 'sample.zip' }],
    ['leads out of the folder', kernelIn({ '../evil': 'x' })],
    ['leads out of the folder', kernelIn({ 'modules/../../evil': 'x' })],
    ['is a symlink', kernelIn({ 'modules/a': { type: 'symlink', linkname: '/etc' }, 'modules/a/evil': 'x' })],
    ['is a link', kernelIn({ 'modules/a': { type: 'link', linkname: '/etc/passwd' } })],
    ['is a character-device', kernelIn({ 'modules/a': { type: 'character-device' } })],
    ['it holds no vmlinux', tarOf({ config: 'CONFIG_A=y' })],
    ['it holds no vmlinux', Promise.resolve(Buffer.alloc(0x400))],
    ['', Promise.resolve(Buffer.alloc(1000, 'x'))],
    ['', tarOf(content).then(cut), { url: 'sample.tar.gz' }],
    ['', tarOf(content), { url: 'sample.tar.zst' }],
  ])('%s', async (reason, made, changes = {}) => {
    const tarball = await made
    const { rename, ...entry } = changes
    if (rename) entry.url = rename
    server.routes.set('/index.json', indexOf(tarball, entry))
    for (const path of ['/sample.tar', '/sample.zip', '/sample.tar.gz', '/sample.tar.zst']) server.routes.set(path, tarball)
    const failure = { code: 'kernel.download-failed', message: expect.stringContaining(reason) }
    await expect(source(`${server.url}/index.json`).pull('sample', { dir, ...live })).rejects.toMatchObject(failure)
    expect(await readdir(dir)).toEqual([])
    expect(await readdir(folder)).toEqual(['dir'])
  })

  test('the connection breaks off', async () => {
    const tarball = await tarOf(content)
    server.routes.set('/index.json', indexOf(tarball))
    server.routes.set('/sample.tar', (_, response) => response.write(tarball.subarray(0, 600), () => response.destroy()))
    await expect(source(`${server.url}/index.json`).pull('sample', { dir, ...live })).rejects.toMatchObject({
      code: 'kernel.download-failed',
    })
    expect(await readdir(dir)).toEqual([])
  })

  test('the pull is aborted', async () => {
    const tarball = await tarOf(content)
    const abort = new AbortController()
    server.routes.set('/index.json', indexOf(tarball))
    server.routes.set('/sample.tar', (_, response) => response.write(tarball.subarray(0, 600), () => abort.abort()))
    await expect(source(`${server.url}/index.json`).pull('sample', { dir, ...live, signal: abort.signal })).rejects.toThrow(
      /abort/,
    )
    expect(await readdir(dir)).toEqual([])
  })

  test('a kernel link that the build left in the modules does no harm', async () => {
    const tarball = await tarOf({ ...content, 'modules/6.12.8/build': { type: 'symlink', linkname: '/usr/src' } })
    server.routes.set('/index.json', indexOf(tarball))
    server.routes.set('/sample.tar', tarball)
    expect(await contentOf(await source(`${server.url}/index.json`).pull('sample', { dir, ...live }))).toEqual(expected)
  })
})
