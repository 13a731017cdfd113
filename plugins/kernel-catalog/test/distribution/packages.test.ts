import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePackages } from '../../src/distribution/packages.ts'

const text = `Package: linux-image-6.8.0-45-generic
Source: linux-signed
Version: 6.8.0-45.45
Depends: kmod, linux-base (>= 4.5), initramfs-tools (>= 0.120) | linux-initramfs-tool,
 linux-modules-6.8.0-45-generic
Description: Signed kernel image
 Depends: not a field
Size: 14000000

Package: broken
Size: 1
`

describe('parsePackages', () => {
  test('reads what is needed of each stanza, and passes over what is no package', () => {
    expect(parsePackages(text)).toEqual([
      {
        name: 'linux-image-6.8.0-45-generic',
        version: '6.8.0-45.45',
        depends: ['kmod', 'linux-base', 'initramfs-tools', 'linux-modules-6.8.0-45-generic'],
        size: 14000000,
      },
    ])
  })

  test('takes any text', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('Package: a', 'Version: 1', 'Depends: ,|(', 'Size: x', ''))
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const { name, version, size } of parsePackages(lines.join('\n')))
          expect([name !== '', version !== '', size >= 0]).not.toContain(false)
      }),
    )
  })
})
