import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import type { DoctorCheck } from '../../core/src/hooks/doctor.ts'
import { Banger, type Outcome } from './banger.ts'
import { linkPlugin } from './link-plugin.ts'
import { Scratch, tree } from './scratch.ts'

const root = process.getuid?.() === 0
if (!root) console.warn('not root: the test of a full disk mounts one, and is left out')
const suite = () => new Banger(inject('home'))

function errorOf(result: Outcome): { code: string; message: string; hint: string } {
  expect(result.status).not.toBe(0)
  return (JSON.parse(result.stdout) as { error: { code: string; message: string; hint: string } }).error
}

function checksOf(result: Outcome): DoctorCheck[] {
  return (JSON.parse(result.stdout) as { checks: DoctorCheck[] }).checks
}

describe('an error says what to do next:', () => {
  it('no QEMU: which package to install', async () => {
    await using scratch = new Scratch()
    const path = pathWithout(scratch.home, /^qemu-system/)
    const result = await scratch.run(['vm', 'create', '--json'], { env: { PATH: path } })
    expect(errorOf(result)).toMatchObject({ hint: expect.stringContaining('qemu-system') })
    expect(checksOf(await scratch.run(['doctor', '--json'])).find((check) => check.id === 'qemu')).toMatchObject({
      status: 'error',
      advice: expect.stringContaining('apt-get install'),
    })
  })

  it('an unknown kernel: how to list and pull', async () => {
    await using scratch = new Scratch()
    const [image] = await suite().images()
    const result = await scratch.run([
      'image',
      'register',
      '--name',
      'x',
      '--rootfs',
      image?.files.rootfs ?? '',
      '--kernel-ref',
      'nope',
      '--json',
    ])
    expect(errorOf(result)).toMatchObject({ code: 'kernel.not-found', hint: expect.stringContaining('kernel list --available') })
  })

  it('a kernel that is no ELF and no bzImage: what to give instead', async () => {
    await using scratch = new Scratch()
    const fake = join(scratch.home, 'vmlinuz')
    writeFileSync(fake, '#!/bin/sh\necho I am a script\n')
    const result = await scratch.run(['kernel', 'import', '--name', 'fake', '--kernel', fake, '--json'])
    expect(errorOf(result)).toMatchObject({ code: 'kernel.invalid', hint: expect.stringContaining('bzImage') })
    expect(await scratch.kernels()).toEqual([])
    expect(readdirSync(`${scratch.state}/kernels`)).toEqual([])
  })

  it('an unknown image source: which there are', async () => {
    await using scratch = new Scratch()
    expect(errorOf(await scratch.run(['image', 'pull', 'nowhere://thing', '--json']))).toMatchObject({
      code: 'image.no-source',
      hint: expect.stringContaining('debian:'),
    })
  })

  it.runIf(root)('a full disk: that it is full, and nothing is left', async () => {
    await using scratch = new Scratch()
    mkdirSync(scratch.state, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', scratch.state])
    try {
      const before = tree(scratch.state)
      const [image] = await suite().images()
      const [kernel] = await suite().kernels()
      const args = [
        'image',
        'register',
        '--name',
        'big',
        '--rootfs',
        image?.files.rootfs ?? '',
        '--kernel',
        kernel?.files.vmlinux ?? '',
        '--json',
      ]
      expect(errorOf(await scratch.run(args))).toMatchObject({
        code: 'disk.full',
        hint: expect.stringContaining('Free some space'),
      })
      expect(
        tree(scratch.state).filter(
          (path) => !before.includes(path) && !/bangerd|banger\.db|^\.\/(kernels|images|vms)$/.test(path),
        ),
      ).toEqual([])
      await scratch.ok(['daemon', 'stop'])
    } finally {
      execFileSync('umount', ['-l', scratch.state])
    }
  })

  it('an unwritable state folder: which, and how to choose another', async () => {
    await using scratch = new Scratch()
    const blocked = join(scratch.home, 'blocked')
    writeFileSync(blocked, 'a file in the way')
    const result = await scratch.run(['vm', 'list', '--json'], { env: { XDG_STATE_HOME: blocked } })
    expect(errorOf(result)).toMatchObject({ code: 'state.unwritable', hint: expect.stringContaining('XDG_STATE_HOME') })
  })

  it('a plugin that throws while loading: doctor names it, and everything else works', async () => {
    await using scratch = new Scratch()
    linkPlugin(scratch, 'banger-plugin-broken', "throw new Error('I am broken')")
    const doctor = await scratch.run(['doctor', '--json'])
    expect(doctor.status).toBe(1)
    expect(checksOf(doctor).find((check) => check.id === 'plugin:banger-plugin-broken')).toMatchObject({
      status: 'error',
      message: expect.stringContaining('I am broken'),
    })
    expect(await scratch.vms()).toEqual([])
  })
})

describe('/dev/kvm', () => {
  it('present but not usable is a warning of doctor with advice, and VMs run by emulation', async (context) => {
    const kvm = checksOf(await suite().run(['doctor', '--json'])).find((check) => check.id === 'kvm')
    expect(kvm).toBeDefined()
    if (kvm?.status === 'ok') return context.skip('KVM works on this machine')
    expect(kvm).toMatchObject({ status: 'warning', advice: expect.any(String) })
  })
})

/** A PATH with links to the programs of the real one, less some. */
function pathWithout(home: string, left: RegExp): string {
  const bin = join(home, 'bin')
  mkdirSync(bin)
  const seen = new Set<string>()
  for (const folder of (process.env.PATH ?? '').split(':')) {
    for (const name of list(folder)) {
      if (left.test(name) || seen.has(name)) continue
      seen.add(name)
      symlinkSync(join(folder, name), join(bin, name))
    }
  }
  return bin
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
