import { describe, expect, it } from 'vitest'
import { buildSpec } from '../../src/lifecycle/machine-spec.ts'
import { resolvePaths } from '../../src/store/paths.ts'
import { aKernel, anImage, aVm } from '../samples.ts'

const files = resolvePaths({ HOME: '/home/me' }).vm('abcdefghijkl')
const input = { vm: aVm(), image: anImage(), kernel: aKernel(), initrd: '/initrd', files, hasWork: false }

describe('the machine spec', () => {
  it('lists root and overlay, and tells the guest which disk is which', () => {
    const spec = buildSpec(input)
    expect(spec.drives.map((drive) => [drive.id, drive.readOnly])).toEqual([
      ['root', true],
      ['overlay', false],
    ])
    expect(spec.kernel.cmdline).toEqual(['banger.root=vda', 'banger.overlay=vdb', 'banger.init=/sbin/init'])
  })

  it('counts the disks on when there is no modules image but a work disk', () => {
    expect(buildSpec({ ...input, hasWork: true }).kernel.cmdline).toContain('banger.work=vdc')
    const kernel = aKernel({ files: { vmlinux: '/v', modulesImage: '/modules.ext4' } })
    expect(buildSpec({ ...input, kernel, hasWork: true }).kernel.cmdline).toEqual(
      expect.arrayContaining(['banger.modules=vdc', 'banger.work=vdd']),
    )
  })

  it('keeps the agent as PID 1 for an image without an init', () => {
    expect(buildSpec({ ...input, image: anImage({ init: '' }) }).kernel.cmdline).toContain('banger.init=none')
  })
})
