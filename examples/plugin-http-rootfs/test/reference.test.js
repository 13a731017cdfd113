import { readSettings } from '@banger/core'
import { testHost } from '@banger/plugin-testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChecksum } from '../src/checksum.js'
import { parseReference } from '../src/reference.js'
import { settings } from '../src/settings.js'

const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })

test('a reference is a URL and, behind #sha256=, a checksum', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), digits, (url, sha256) => {
      const found = parseReference(`${url}#sha256=${sha256.toUpperCase()}`, { settings: {} })
      expect(found).toMatchObject({ url: new URL(url), sha256 })
      expect(found?.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    }),
  )
})

test.each(['debian:bookworm', 'alpine', '/srv/base.tar'])('%s is left to others unless http-rootfs is named', (ref) => {
  expect(parseReference(ref, { settings: {} })).toBeUndefined()
})

test.each([
  ['base.tar', 'base_url is not set'],
  ['ftp://example.org/base.tar', 'only http and https'],
  ['https://example.org/base.tar#sha256=123', '#sha256=123'],
  ['https://example.org/base.tar#latest', '#latest'],
])('%s is refused', (ref, reason) => {
  expect(() => parseReference(ref, { settings: {}, named: true })).toThrow(reason)
})

test('a file of checksums names several tarballs, or is for the only one', () => {
  const url = new URL('https://example.org/base.tar')
  fc.assert(
    fc.property(digits, digits, fc.constantFrom(' *', '  ', '\t'), (own, other, gap) => {
      expect(parseChecksum(`${other}${gap}other.tar\n${own}${gap}base.tar\n`, url)).toBe(own)
      expect(parseChecksum(`${own}\r\n`, url)).toBe(own)
      expect(parseChecksum(`${own}${gap}build/renamed.tar\n`, url)).toBe(own)
      expect(parseChecksum(`${other}${gap}a.tar\n${own}${gap}b.tar\n`, url)).toBeUndefined()
    }),
  )
  expect(parseChecksum('<html>There is no such file</html>', url)).toBeUndefined()
})

test.each([
  [{ base_url: 'images' }, 'plugins.http-rootfs.base_url'],
  [{ hosts: 'example.org' }, 'plugins.http-rootfs.hosts'],
  [{ hosts: [8080] }, 'plugins.http-rootfs.hosts'],
])('the settings %j are refused, and the key is named', (table, place) => {
  using host = testHost({ settings: { 'http-rootfs': table } })
  expect(() => readSettings(host, 'banger-plugin-http-rootfs', settings)).toThrow(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(place) }),
  )
})
