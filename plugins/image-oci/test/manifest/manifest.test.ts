import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choosePlatform } from '../../src/manifest/choose-platform.ts'
import { hostPlatform, wantedPlatform } from '../../src/manifest/platform.ts'
import { readConfig } from '../../src/manifest/read-config.ts'
import { type IndexEntry, readManifest } from '../../src/manifest/read-manifest.ts'

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const entry = (digit: string, platform?: string, annotations?: Record<string, string>): IndexEntry => {
  const [os = '', architecture = '', variant] = platform?.split('/') ?? []
  return {
    mediaType: '',
    digest: digest(digit),
    size: 1,
    ...(platform ? { platform: { os, architecture, ...(variant ? { variant } : {}) } } : {}),
    ...(annotations ? { annotations } : {}),
  }
}

describe('an index', () => {
  it.each<[string, string, IndexEntry[]]>([
    ['the platform that fits', 'x64', [entry('1', 'linux/arm64'), entry('a', 'linux/amd64'), entry('2', 'windows/amd64')]],
    ['the variant that every machine runs', 'x64', [entry('1', 'linux/amd64/v3'), entry('a', 'linux/amd64')]],
    ['v8 of arm64', 'arm64', [entry('1', 'linux/arm64/v9'), entry('a', 'linux/arm64/v8')]],
    ['a lone image without a platform', 'x64', [entry('a')]],
    [
      'no attestation',
      'x64',
      [
        entry('1', 'linux/amd64', { 'vnd.docker.reference.type': 'attestation-manifest' }),
        entry('2', 'unknown/unknown'),
        entry('a', 'linux/amd64'),
      ],
    ],
  ])('gives %s', (_, arch, entries) => expect(choosePlatform(entries, hostPlatform(arch)).digest).toBe(digest('a')))

  it.each([
    ['linux/amd64/v3', '3'],
    ['linux/amd64/v1', '1'],
    ['linux/386', '2'],
    ['Linux/x86_64', '1'],
  ])('gives what was asked for: %s', (text, digit) => {
    const entries = [entry('1', 'linux/amd64'), entry('2', 'linux/386'), entry('3', 'linux/amd64/v3')]
    expect(choosePlatform(entries, wantedPlatform(text, 'x64')).digest).toBe(digest(digit))
  })

  it('has not the variant that was asked for', () => {
    expect(() => choosePlatform([entry('1', 'linux/amd64')], wantedPlatform('linux/amd64/v3', 'x64'))).toThrow(
      'it is not made for linux/amd64/v3; there is: linux/amd64',
    )
  })

  it('says what there is when nothing fits', () => {
    expect(() => choosePlatform([entry('1', 'linux/arm/v7'), entry('2', 'windows/amd64')], hostPlatform('x64'))).toThrow(
      'it is not made for linux/amd64; there is: linux/arm/v7, windows/amd64',
    )
  })
})

describe('a platform', () => {
  it('is this machine’s unless another is asked for', () => {
    expect(wantedPlatform(undefined, 'arm64')).toEqual({ os: 'linux', architecture: 'arm64' })
    expect(wantedPlatform('linux/aarch64/v8', 'arm64')).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' })
  })

  it.each([
    ['linux/arm64', 'x64', /VMs here are linux\/amd64 machines/],
    ['linux/amd64', 'arm64', /VMs here are linux\/arm64 machines/],
    ['linux/arm/v7', 'arm64', /linux\/arm64/],
    ['windows/amd64', 'x64', /Linux alone/],
  ])('that cannot boot is refused with the reason: %s on %s', (text, arch, reason) => {
    expect(() => wantedPlatform(text, arch)).toThrow(
      expect.objectContaining({ code: 'image.platform', message: expect.stringMatching(reason) }),
    )
  })

  it.each(['', 'amd64', 'linux/', '/amd64', 'linux/amd64/', 'linux/arm64/v8/x'])('that is none is wrong use: "%s"', (text) => {
    expect(() => wantedPlatform(text, 'x64')).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('any JSON', () => {
  // fields that the readers look at, with anything in them
  const fields = [
    'schemaVersion',
    'manifests',
    'config',
    'layers',
    'digest',
    'size',
    'rootfs',
    'diff_ids',
    'Env',
    'os',
    'mediaType',
  ]
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 1, 2, 0, -1, 1e300, '', 'linux', digest('a')),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...fields, '__proto__'), tie('value'), { maxKeys: 4 }),
    ),
  }))
  const isPlain = (work: () => unknown) => {
    try {
      work()
      return true
    } catch (error) {
      return (error as Error).constructor === Error && (error as Error).message.startsWith('it')
    }
  }

  it('is read as a manifest, or refused with a sentence', () => {
    fc.assert(fc.property(value, (data) => isPlain(() => readManifest(Buffer.from(JSON.stringify(data))))))
  })

  it('is read as a config, or refused with a sentence', () => {
    fc.assert(fc.property(value, (data) => isPlain(() => readConfig(Buffer.from(JSON.stringify(data)), hostPlatform('x64')))))
  })
})
