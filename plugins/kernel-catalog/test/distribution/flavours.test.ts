import { describe, expect, test } from 'vitest'
import { isOfInterest, packagedKernels, partsOf } from '../../src/distribution/flavours.ts'
import type { Package } from '../../src/distribution/packages.ts'

const image = (name: string, version = '1', depends: string[] = []): Package => ({ name, version, depends, size: 10 })

const debian = [
  image('linux-image-6.1.0-9-cloud-amd64', '6.1.27-1'),
  image('linux-image-6.1.0-32-cloud-amd64', '6.1.129-1'),
  image('linux-image-6.1.0-32-amd64', '6.1.129-1'),
  image('linux-image-6.1.0-32-rt-amd64', '6.1.129-1'),
  image('linux-image-6.12.9+bpo-cloud-amd64', '6.12.9-1~bpo12+1'),
  image('linux-image-cloud-amd64', '6.1.129-1', ['linux-image-6.1.0-32-cloud-amd64']),
]
const ubuntu = [
  image('linux-image-6.8.0-31-generic', '6.8.0-31.31'),
  image('linux-image-6.8.0-100-generic', '6.8.0-100.100', ['kmod', 'linux-modules-6.8.0-100-generic']),
  image('linux-image-6.11.0-8-generic', '6.11.0-8.8'),
  image('linux-image-virtual', '6.8.0-100.100', ['linux-image-6.8.0-100-generic']),
]

describe('packagedKernels', () => {
  test("gives the newest of each series of Debian's, of which the main release's cloud flavour is the default", () => {
    const kernels = packagedKernels(debian, 'amd64', 'x64')
    expect(kernels.map(({ name, version, default: chosen }) => [name, version, chosen])).toEqual([
      ['generic-6.12', '6.12.9+bpo-cloud-amd64', undefined],
      ['generic-6.1', '6.1.0-32-cloud-amd64', true],
      ['full-6.1', '6.1.0-32-amd64', undefined],
    ])
  })

  test("gives Ubuntu's generic ones, with the packages that hold their modules", () => {
    const kernels = packagedKernels(ubuntu, 'amd64', 'x64')
    expect(kernels.map(({ name, version, default: chosen }) => [name, version, chosen])).toEqual([
      ['generic-6.11', '6.11.0-8-generic', undefined],
      ['generic-6.8', '6.8.0-100-generic', true],
    ])
    expect(kernels.map(partsOf)).toEqual([[], ['linux-modules-6.8.0-100-generic']])
  })

  test('takes the newest by default where no meta package says which', () => {
    const kernels = packagedKernels(debian.slice(0, -1), 'amd64', 'x64')
    expect(kernels.find((kernel) => kernel.default)?.name).toBe('generic-6.12')
    expect(packagedKernels([], 'amd64', 'x64')).toEqual([])
  })
})

test('isOfInterest leaves out debug symbols, unsigned images, other architectures and meta packages of a series', () => {
  const names = [
    '6.1.0-32-cloud-amd64',
    '6.1.0-32-cloud-amd64-dbg',
    '6.1.0-32-amd64-unsigned',
    '6.1.0-32-cloud-arm64',
    '6.12-cloud-amd64',
    '6.12-amd64',
  ]
  expect(names.filter((name) => isOfInterest(`linux-image-${name}`, 'amd64'))).toEqual(['6.1.0-32-cloud-amd64'])
})
