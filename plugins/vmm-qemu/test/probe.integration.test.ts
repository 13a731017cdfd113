import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DoctorCheck, Host } from '@banger/core'
import { testHost } from '@banger/plugin-testkit'
import { afterAll, describe, expect, test } from 'vitest'
import { checkQemu } from '../src/doctor.ts'
import { createQemuDriver } from '../src/driver.ts'
import { debugExitCode, debugExitPort, probeGuest } from '../src/probe-guest.ts'
import { probeQemu } from '../src/probe.ts'

const host = testHost()
afterAll(() => host.remove())

/** A host that counts how often QEMU is run. */
function countingHost(): { host: Host; runs: () => number } {
  let runs = 0
  const run: Host['run'] = (...args) => {
    runs++
    return host.run(...args)
  }
  return { host: { ...host, run }, runs: () => runs }
}

describe('the probe', () => {
  test('finds QEMU, its version, and whether it can confine itself', async () => {
    const { qemu } = await probeQemu(host)
    expect(qemu?.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(qemu?.path).toMatch(/qemu-system-/)
    expect(qemu?.sandbox).toBeTypeOf('boolean')
  })

  test('is repeated only when something changed', async () => {
    const counting = countingHost()
    const driver = createQemuDriver(counting.host)
    const first = await driver.probe()
    const runs = counting.runs()
    expect(await driver.probe()).toEqual(first)
    expect(counting.runs()).toBe(runs)
  })

  test('takes a KVM for unusable that does not run a guest to its end', async () => {
    const failing: Host = {
      ...host,
      run: async (program, args, options) => {
        if (!args.includes('kvm')) return host.run(program, args, options)
        return { code: 1, stdout: '', stderr: 'qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69\n' }
      },
    }
    const { qemu } = await probeQemu(failing)
    expect(qemu?.acceleration).toBe('tcg')
    const hasDevice = await access('/dev/kvm').then(
      () => true,
      () => false,
    )
    if (hasDevice)
      expect(qemu?.kvm).toMatchObject({ usable: false, reason: 'KVM does not run guests here: failed to set MSR 0x10a to 0x69' })
  })

  test('takes a KVM for usable that does', async ({ skip }) => {
    const { qemu } = await probeQemu(host)
    if (!qemu || !(await canOpenKvm())) skip('/dev/kvm cannot be opened here')
    const working: Host = {
      ...host,
      run: (program, args, options) =>
        args.includes('kvm')
          ? Promise.resolve({ code: debugExitCode, stdout: '', stderr: '' })
          : host.run(program, args, options),
    }
    expect(await createQemuDriver(working).probe()).toMatchObject({
      usable: true,
      acceleration: 'kvm',
      detail: expect.stringMatching(/, with KVM$/),
    })
  })

  test('refuses a QEMU that is too old', async () => {
    const old: Host = {
      ...host,
      run: async () => ({ code: 0, stdout: '{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 5}}}}', stderr: '' }),
    }
    expect(await createQemuDriver(old).probe()).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/QEMU 5\.2\.1 is too old/),
    })
  })

  test('says so on an architecture that it does not know', async () => {
    expect(await createQemuDriver({ ...host, arch: 's390x' }).probe()).toMatchObject({ usable: false })
  })
})

async function canOpenKvm(): Promise<boolean> {
  return access('/dev/kvm', 6).then(
    () => true,
    () => false,
  )
}

test("the probe's guest runs to its end on a working CPU, also an emulated one", async ({ skip }) => {
  if (host.arch !== 'x64') skip('the guest is for x86-64')
  const dir = await mkdtemp(join(tmpdir(), 'banger-probe-'))
  await writeFile(join(dir, 'probe.elf'), probeGuest())
  const machine = ['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-m', '32', '-nodefaults', '-display', 'none', '-no-reboot']
  const args = [...machine, '-device', `isa-debug-exit,iobase=${debugExitPort},iosize=1`, '-kernel', join(dir, 'probe.elf')]
  const { code } = await host.run('qemu-system-x86_64', args, { timeout: 20_000, allow: [debugExitCode] })
  expect(code).toBe(debugExitCode)
  await rm(dir, { recursive: true })
})

describe('doctor', () => {
  async function checks(host: Host): Promise<DoctorCheck[]> {
    const found: DoctorCheck[] = []
    await checkQemu(host, { add: (check) => found.push(check) })
    return found
  }

  test('reports QEMU and KVM; emulation is a warning with advice', async () => {
    const [qemu, kvm] = await checks(host)
    expect(qemu).toMatchObject({ id: 'qemu', status: 'ok', message: expect.stringMatching(/^QEMU \d/) })
    expect(kvm?.id).toBe('kvm')
    if (kvm?.status !== 'ok') expect(kvm).toMatchObject({ status: 'warning', advice: expect.stringMatching(/\w/) })
  })

  test('reports a missing QEMU as an error with what to install', async () => {
    expect(await checks({ ...host, which: async () => undefined })).toEqual([
      {
        id: 'qemu',
        status: 'error',
        message: expect.stringMatching(/is not installed/),
        advice: expect.stringMatching(/apt-get install/),
      },
    ])
  })
})
