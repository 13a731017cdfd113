import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatManifest, parseManifest } from '../../../src/workspace/record/manifest.ts'

describe('a manifest', () => {
  it('is read as it was written', () => {
    const path = fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\0', '_'))
    const row = fc.record({
      kind: fc.constantFrom<'file' | 'link'>('file', 'link'),
      mode: fc.nat(0o777),
      hash: fc.constant('c1b0730e0133447badcfd47fd144e254807b06e1'),
      guest: fc.constantFrom('a.1', '-'),
      host: fc.constantFrom('b.2', '-'),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(path, row)), (rows) => {
        const manifest = new Map(rows)
        expect(parseManifest(formatManifest(manifest))).toEqual(manifest)
      }),
    )
  })

  it('is refused when it is none', () => {
    expect(() => parseManifest(Buffer.from('rubbish\0'))).toThrow(RangeError)
  })
})
