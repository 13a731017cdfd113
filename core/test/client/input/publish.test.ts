import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPublish, parsePublish } from '../../../src/client/input/publish.ts'

describe('parsePublish', () => {
  it('reads a pair of ports, with or without an address', () => {
    expect(parsePublish('8080:80')).toEqual({ hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 })
    expect(parsePublish('0.0.0.0:8080:80')).toEqual({ hostAddress: '0.0.0.0', hostPort: 8080, guestPort: 80 })
    expect(parsePublish('[::1]:8080:80')).toEqual({ hostAddress: '::1', hostPort: 8080, guestPort: 80 })
  })

  it('asks for a free port with 0', () => {
    expect(parsePublish('80')).toEqual({ hostAddress: '127.0.0.1', hostPort: 0, guestPort: 80 })
    expect(parsePublish('127.0.0.1::80')).toEqual({ hostAddress: '127.0.0.1', hostPort: 0, guestPort: 80 })
  })

  it('refuses everything else', () => {
    for (const text of [
      '',
      ':',
      '0',
      '65536',
      '8080:',
      '70000:80',
      'localhost:8080:80',
      '1.2.3:8080:80',
      '::1:8080:80',
      '8080:80:90:1',
      '8080:80/tcp',
      ' 80',
    ])
      expect(() => parsePublish(text), text).toThrow('is no port to publish')
  })

  it('reads back every address and pair of ports', () => {
    const port = fc.integer({ min: 1, max: 65_535 })
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, port, (address, hostPort, guestPort) => {
        const text = address.includes(':') ? `[${address}]` : address
        expect(parsePublish(`${text}:${hostPort}:${guestPort}`)).toEqual({ hostAddress: address, hostPort, guestPort })
      }),
    )
  })

  it('throws nothing but wrong usage', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parsePublish(text)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' })
        }
      }),
    )
  })
})

describe('formatPublish', () => {
  it('shows where a port leads', () => {
    expect(formatPublish(parsePublish('8080:80'))).toBe('127.0.0.1:8080->80')
    expect(formatPublish(parsePublish('[::1]::80'))).toBe('[::1]:*->80')
  })
})
