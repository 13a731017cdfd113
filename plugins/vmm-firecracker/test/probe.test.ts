import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DoctorCheck, fail, type Host, type RunResult } from '@banger/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkFirecracker } from '../src/doctor.ts'
import { createFirecrackerDriver } from '../src/driver.ts'
import { describeProbe, probeFirecracker } from '../src/probe.ts'
import type { Settings } from '../src/settings.ts'
import { sampleSettings, sampleSpec } from './sample-spec.ts'

describe('the probe', () => {
  let dir: string
  let firecracker: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'banger-probe-'))
    firecracker = join(dir, 'firecracker')
    await writeFile(firecracker, '')
    await chmod(firecracker, 0o755)
  })
  afterEach(() => rm(dir, { recursive: true }))

  /** A host on which Firecracker says this version and its probe guest ends like that. */
  function hostWith(version: string, guest: Partial<RunResult> | Error = {}): Host {
    const run: Host['run'] = async (_, args) => {
      if (args.includes('--version')) return { code: 0, stdout: `Firecracker v${version}\n\n`, stderr: '' }
      if (guest instanceof Error) throw guest
      return { code: 0, stdout: '', stderr: '', ...guest }
    }
    return { arch: 'x64', run, which: async (name: string) => (name === firecracker ? name : undefined) } as unknown as Host
  }
  const probe = async (host: Host, change: Partial<Settings> = {}) =>
    describeProbe(await probeFirecracker(host, sampleSettings({ firecracker, ...change })))

  test('takes a Firecracker for usable that runs a guest to its reset', async () => {
    expect(await probe(hostWith('1.13.1'))).toEqual({
      usable: true,
      detail: 'Firecracker 1.13.1',
      acceleration: 'kvm',
      version: '1.13.1',
    })
  })

  test('never passes the stand-in of the tests off as Firecracker on KVM', async () => {
    expect(await probe(hostWith('1.17.0-stand-in'))).toMatchObject({
      usable: true,
      detail: expect.stringMatching(/stand-in.*emulates.*tests/),
      acceleration: 'tcg',
    })
  })

  test('says why a guest does not run, in Firecracker’s words or those of /dev/kvm, and what to do', async () => {
    const stdout = '2026-08-21T11:30:10 [x:main:ERROR] Start microvm error: Kvm error: no luck\n'
    const failed = await probe(hostWith('1.13.1', { code: 1, stdout }))
    expect(failed).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/Kvm error: no luck$|Firecracker needs KVM: /),
      advice: expect.stringMatching(/^[A-Z]/),
    })
    const hung = fail('tool.failed', { tool: 'firecracker', reason: 'it took too long', advice: '' })
    expect(await probe(hostWith('1.13.1', hung))).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/took too long|Firecracker needs KVM: /),
    })
  })

  test('refuses versions that it does not know', async () => {
    for (const version of ['1.7.0', '2.0.0'])
      expect(await probe(hostWith(version))).toMatchObject({
        usable: false,
        detail: `Firecracker ${version} is not supported; >=1.8.0 <2 is`,
        advice: expect.stringContaining('firecracker_bin'),
      })
    expect(await probe(hostWith('?'))).toMatchObject({ usable: false, detail: expect.stringMatching(/does not run/) })
  })

  test('says what to install, also of the jailer', async () => {
    const nothing = { ...hostWith('1.13.1'), which: async () => undefined }
    expect(await probe(nothing)).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/is not installed$/),
      advice: expect.stringContaining('releases'),
    })
    expect(await probe(hostWith('1.13.1'), { jailer: 'jailer' })).toMatchObject({
      usable: false,
      detail: 'jailer is not installed, and jailer = true',
    })
  })

  test('is kept until something changes, and fills the driver’s features', async () => {
    let runs = 0
    const host = hostWith('1.13.1')
    const run: Host['run'] = (...args) => {
      runs++
      return host.run(...args)
    }
    const driver = createFirecrackerDriver({ ...host, run }, sampleSettings({ firecracker }))
    expect([...driver.features]).toEqual([])
    await driver.probe()
    expect([...driver.features]).toEqual(['pause'])
    const before = runs
    await driver.probe()
    expect(runs).toBe(before)
    await writeFile(firecracker, 'another')
    await driver.probe()
    expect(runs).toBeGreaterThan(before)
  })

  test('keeps a machine from starting where it fails', async () => {
    const nothing = { ...hostWith('1.13.1'), which: async () => undefined }
    await expect(createFirecrackerDriver(nothing, sampleSettings()).start(sampleSpec(), () => {})).rejects.toMatchObject({
      code: 'tool.missing',
    })
    const driver = createFirecrackerDriver(hostWith('1.7.0'), sampleSettings({ firecracker }))
    await expect(driver.start(sampleSpec(), () => {})).rejects.toMatchObject({ code: 'driver.unusable' })
  })
})

describe('doctor', () => {
  function check(probe: Parameters<typeof checkFirecracker>[0], asked: boolean): DoctorCheck {
    const checks: DoctorCheck[] = []
    checkFirecracker(probe, asked, { add: (each) => checks.push(each) })
    return checks[0] as DoctorCheck
  }
  const missing = { missing: 'firecracker', reason: 'firecracker is not installed', advice: 'Take a release.' }

  test('takes a missing Firecracker for no problem, unless the configuration asks for it', () => {
    expect(check(missing, false)).toMatchObject({ status: 'ok', message: expect.stringContaining('another VMM') })
    expect(check(missing, true)).toMatchObject({ status: 'warning', advice: 'Take a release.' })
  })

  test('warns of one that does not work', () => {
    expect(check({ reason: 'no KVM', advice: 'Load it.' }, false)).toMatchObject({ status: 'warning', message: 'no KVM' })
  })

  test('names the version and the place of one that works', () => {
    expect(check({ firecracker: { path: '/usr/bin/firecracker', version: '1.13.1' } }, false)).toMatchObject({
      status: 'ok',
      message: 'Firecracker 1.13.1, at /usr/bin/firecracker',
    })
  })
})
