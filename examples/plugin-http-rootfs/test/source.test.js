import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { testHost } from '@banger/plugin-testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { httpRootfs } from '../src/source.js'
import { FileServer } from './file-server.js'
import { sha256, smallTar } from './small-tar.js'

const tar = smallTar('small')
/** @type {import('@banger/plugin-testkit').TestHost} */
let host
/** @type {FileServer} */
let server
beforeEach(async () => {
  host = testHost()
  server = new FileServer()
  await server.listen()
})
afterEach(() => {
  server.close()
  host.remove()
})

const live = () => ({ signal: new AbortController().signal, progress: () => undefined })
/** @param {string} ref */
const resolve = (ref, settings = {}, options = {}) =>
  httpRootfs(host, settings).resolve(ref, { named: true, ...live(), ...options })
const kept = () => {
  const folder = join(host.dirs.cache, 'http-rootfs')
  return existsSync(folder) ? readdirSync(folder) : []
}

test('a tarball is downloaded once, and nobody is asked again where the reference has its checksum', async () => {
  server.files['/base.tar'] = tar
  const ref = `${server.url('/base.tar')}#sha256=${sha256(tar)}`
  const first = await resolve(ref)
  expect(await resolve(ref)).toMatchObject({ digest: `sha256:${sha256(tar)}`, name: 'base', ref: `http-rootfs:${ref}` })
  expect(server.asked).toEqual(['/base.tar'])
  expect(first?.cached).toEqual([join(host.dirs.cache, 'http-rootfs', sha256(tar))])
})

test('a layer is the tar, inflated', async () => {
  const packed = gzipSync(tar)
  server.files['/base.tgz'] = packed
  const found = await resolve(`${server.url('/base.tgz')}#sha256=${sha256(packed)}`)
  for await (const layer of found?.layers(live()) ?? []) expect((await buffer(layer)).equals(tar)).toBe(true)
})

test('a name below base_url is enough where that is set', async () => {
  Object.assign(server.files, { '/images/base.tar': tar, '/images/base.tar.sha256': `${sha256(tar)} *base.tar` })
  const found = await resolve('base.tar', { base_url: server.url('/images/') })
  expect(found?.ref).toBe(`http-rootfs:${server.url('/images/base.tar')}#sha256=${sha256(tar)}`)
})

describe('refused, with nothing left behind, is', () => {
  test('a tarball that is not what its checksum says: both are named', async () => {
    server.files['/base.tar'] = tar
    await expect(resolve(`${server.url('/base.tar')}#sha256=${sha256('')}`)).rejects.toMatchObject({
      code: 'image.invalid',
      message: expect.stringMatching(`${sha256(tar)} and should be ${sha256('')}`),
    })
    expect(kept()).toEqual([])
  })

  test('one that nobody gives a checksum of', async () => {
    server.files['/base.tar'] = tar
    await expect(resolve(server.url('/base.tar'))).rejects.toMatchObject({
      code: 'image.reference',
      message: expect.stringContaining('/base.tar.sha256'),
      hint: expect.stringContaining('#sha256='),
    })
  })

  test('what is no tar, by what it is', async () => {
    server.files['/base.zip'] = 'PK\x03\x04 and so on'
    await expect(resolve(`${server.url('/base.zip')}#sha256=${sha256('PK\x03\x04 and so on')}`)).rejects.toMatchObject({
      code: 'image.invalid',
      message: expect.stringContaining('it is a zip archive'),
    })
    expect(kept()).toEqual([])
  })

  test('one whose transfer breaks off', async () => {
    server.files['/base.tar'] = (_request, response) => {
      response.writeHead(200, { 'content-length': tar.length }).write(tar.subarray(0, 1000), () => response.destroy())
    }
    await expect(resolve(`${server.url('/base.tar')}#sha256=${sha256(tar)}`)).rejects.toMatchObject({
      code: 'http-rootfs.failed',
      message: expect.stringContaining('broke off'),
    })
    expect(kept()).toEqual([])
  })

  test('one of a server that fails, or that nobody answers for', async () => {
    server.files['/base.tar'] = (_request, response) => void response.writeHead(503, 'Busy').end()
    const ref = `${server.url('/base.tar')}#sha256=${sha256(tar)}`
    await expect(resolve(ref)).rejects.toMatchObject({ message: expect.stringContaining('503 Busy') })
    server.close()
    await expect(resolve(ref)).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED') })
  })

  test('one from a host that the settings do not allow, also where another host leads there', async () => {
    const elsewhere = new FileServer()
    await elsewhere.listen()
    elsewhere.files['/base.tar'] = tar
    server.files['/base.tar'] = (_request, response) => {
      response.writeHead(302, { location: elsewhere.url('/base.tar') }).end()
    }
    const hash = `#sha256=${sha256(tar)}`
    await expect(resolve(elsewhere.url('/base.tar') + hash, { hosts: [server.host] })).rejects.toThrow(elsewhere.host)
    expect(elsewhere.asked).toEqual([])
    await expect(resolve(server.url('/base.tar') + hash, { hosts: [server.host] })).rejects.toThrow(elsewhere.host)
    expect(kept()).toEqual([])
    elsewhere.close()
  })
})

test('a download that is aborted leaves nothing', async () => {
  server.files['/base.tar'] = (_request, response) => void response.writeHead(200).write(tar.subarray(0, 1000))
  const controller = new AbortController()
  const abort = () => void setImmediate(() => controller.abort())
  const ref = `${server.url('/base.tar')}#sha256=${sha256(tar)}`
  const aborted = resolve(ref, {}, { signal: controller.signal, progress: abort })
  await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
  expect(kept()).toEqual([])
})
