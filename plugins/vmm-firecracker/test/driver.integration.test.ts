import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type MachineSpec, type MachineState, type VmmDriver } from '@banger/core'
import { guestThat, orphan as orphanOf, testHost } from '@banger/plugin-testkit'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { jailProblem } from '../../../test/firecracker-stand-in/launcher.ts'
import { createFirecrackerDriver } from '../src/driver.ts'
import { findFirecracker } from '../src/find-processes.ts'
import type { Settings } from '../src/settings.ts'
import { sampleSettings } from './sample-spec.ts'
import { standInMachine } from './stand-in-machine.ts'

const host = testHost()
afterAll(() => host.remove())
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Prepared {
  spec: MachineSpec
  settings: Settings
  driver: VmmDriver
}

async function prepare(id: string, options: Parameters<typeof standInMachine>[1] & { jailed?: boolean } = {}): Promise<Prepared> {
  const { spec, firecracker, jailer, remove } = standInMachine(id, options)
  const settings = sampleSettings({ firecracker, ...(options.jailed ? { jailer } : {}) })
  const driver = createFirecrackerDriver(host, settings)
  cleanups.push(remove, () => driver.sweep(spec))
  return { spec, settings, driver }
}

/** A machine of a daemon that was killed. */
function orphan({ spec, settings }: Prepared): Promise<MachineState> {
  const { firecracker, jailer } = settings
  const table = { firecracker_bin: firecracker, ...(jailer ? { jailer: true, jailer_bin: jailer } : {}) }
  const extend = new URL('../src/extend.ts', import.meta.url)
  return orphanOf({ name: 'firecracker', extend, settings: { 'vmm-firecracker': table } }, spec)
}

describe('a started machine', () => {
  test('runs until it is killed, and leaves no process and no socket', async () => {
    const { spec, driver } = await prepare('aaaaaaaaaa01')
    const states: MachineState[] = []
    const machine = await driver.start(spec, (state) => states.push(state))
    expect(states).toEqual([machine.state])
    expect(await findFirecracker(spec)).toEqual([{ pid: machine.state.pid, startTime: machine.state.startTime }])
    await machine.kill()
    expect(await machine.exited).toMatchObject({ reason: 'killed', detail: 'banger ended it.' })
    await machine.kill()
    await driver.sweep(spec)
    expect(await findFirecracker(spec)).toEqual([])
    expect((await readdir(spec.dir)).sort()).toEqual(['console.log', 'firecracker.log', 'firecracker.metrics', 'overlay.ext4'])
  })

  test('lies in a folder of any depth, though a socket may have 108 bytes at most', async () => {
    const { spec, driver } = await prepare('aaaaaaaaaa02', { folder: `${'deep/'.repeat(40)}a, b` })
    const machine = await driver.start(spec, () => {})
    await machine.pause?.()
    await machine.resume?.()
    await machine.kill()
  })

  test('is told to be ended from outside', async () => {
    const { spec, driver } = await prepare('aaaaaaaaaa03')
    const machine = await driver.start(spec, () => {})
    process.kill(machine.state.pid, 'SIGTERM')
    expect(await machine.exited).toMatchObject({ reason: 'killed', signal: 'SIGTERM' })
    const again = await driver.start(spec, () => {})
    process.kill(again.state.pid, 'SIGKILL')
    expect(await again.exited).toMatchObject({ reason: 'killed', signal: 'SIGKILL' })
  })

  test('has no agent to connect to before a guest serves one', async () => {
    const { spec, driver } = await prepare('aaaaaaaaaa04')
    const machine = await driver.start(spec, () => {})
    await expect(machine.connect()).rejects.toThrow('gave no answer for 500 ms')
    await expect(machine.connect(AbortSignal.timeout(50))).rejects.toThrow(/timeout/)
    await machine.kill()
    await expect(machine.connect()).rejects.toThrow()
  })

  test('keeps what its console said over its starts', async () => {
    const { spec, driver } = await prepare('aaaaaaaaaa05', { kernel: guestThat('hello\n', 'resets') })
    await (await driver.start(spec, () => {})).exited
    await (await driver.start(spec, () => {})).exited
    expect(await readFile(spec.consoleLog, 'utf8')).toBe('hello\nhello\n')
  })
})

describe('a guest', () => {
  const boot = async (id: string, kernel: Buffer) => {
    const { spec, driver } = await prepare(id, { kernel })
    return (await driver.start(spec, () => {})).exited
  }

  test('that resets has rebooted', async () => {
    const kernel = guestThat('[    9.1] reboot: Restarting system\r\n', 'resets')
    expect(await boot('bbbbbbbbbb01', kernel)).toMatchObject({ reason: 'guest-reboot', code: 0 })
  })

  test('that resets after a panic has panicked', async () => {
    const kernel = guestThat('[    1.0] Kernel panic - not syncing: no root\r\n', 'resets')
    expect(await boot('bbbbbbbbbb02', kernel)).toMatchObject({
      reason: 'guest-panic',
      detail: expect.stringContaining('no root'),
    })
  })

  test('that halts has powered off, though Firecracker runs on', async () => {
    const kernel = guestThat('[    9.1] reboot: System halted\r\n', 'stays')
    expect(await boot('bbbbbbbbbb03', kernel)).toMatchObject({ reason: 'guest-poweroff' })
  })
})

describe('what Firecracker refuses becomes an error that names the setting', () => {
  const tap = {
    kind: 'tap' as const,
    device: 'no-such-tap',
    guest: { mac: '02:fc:00:00:00:05', address: '172.16.0.5/24', dns: [] },
    publish: [],
  }
  test.each<[string, Partial<MachineSpec>, Partial<Settings>, RegExp]>([
    ['too many virtual CPUs', { vcpus: 33 }, {}, /--vcpus/],
    ['more virtual CPUs than its API can say', { vcpus: 256 }, {}, /--vcpus|firecracker_bin/],
    ['no memory', { memory: 0 }, {}, /--memory/],
    ['a kernel that is gone', { kernel: { path: '/nowhere/vmlinux', cmdline: [] } }, {}, /kernel/],
    ['a kernel that is none', { kernel: { path: import.meta.filename, cmdline: [] } }, {}, /kernel/],
    ['an initrd that is gone', { initrd: '/nowhere/initrd' }, {}, /kernel/],
    ['a command line that is too long', { kernel: { path: '/bin/true', cmdline: ['x'.repeat(2048)] } }, {}, /kernel/],
    ['an image that is gone', { drives: [{ id: 'root', path: '/nowhere/root.ext4', readOnly: true }] }, {}, /--image/],
    ['a disk that is gone', { drives: [{ id: 'overlay', path: '/nowhere/x', readOnly: false }] }, {}, /--disk/],
    ['a tap that is gone', { attachment: tap }, {}, /--network/],
    ['a balloon larger than the memory', {}, { balloon: 65 }, /balloon_mib/],
  ])('%s', async (_, change, settings, setting) => {
    const prepared = await prepare('cccccccccc01')
    const driver = createFirecrackerDriver(host, { ...prepared.settings, ...settings })
    const spec = { ...prepared.spec, ...change }
    const error: unknown = await driver.start(spec, () => {}).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'vmm.refused', hint: expect.stringMatching(setting) })
    expect(await findFirecracker(spec)).toEqual([])
  })
})

describe('a machine whose daemon was killed', () => {
  test('is adopted with all it can do, and its end is seen', async () => {
    const prepared = await prepare('dddddddddd01')
    const state = await orphan(prepared)
    const machine = await prepared.driver.adopt(state, prepared.spec)
    await machine?.pause?.()
    await machine?.resume?.()
    process.kill(state.pid, 'SIGKILL')
    expect(await machine?.exited).toMatchObject({ reason: 'unknown' })
  })

  test('is seen to have powered off when its guest halted meanwhile', async () => {
    const prepared = await prepare('dddddddddd02', { kernel: guestThat('[    9.1] reboot: System halted\r\n', 'stays') })
    const fixed = await orphan({ ...prepared, spec: { ...prepared.spec } })
    const machine = await prepared.driver.adopt(fixed, prepared.spec)
    // The daemon that was killed may have seen it already.
    if (machine) expect(await machine.exited).toMatchObject({ reason: 'guest-poweroff' })
    await expect.poll(() => isAlive(fixed)).toBe(false)
  })
})

describe('a jailed machine', () => {
  const noJail = jailProblem()

  test('runs as a user of its own on files in its jail, is adopted there, and leaves nothing', async ({ skip }) => {
    if (noJail) skip(noJail)
    const prepared = await prepare('eeeeeeeeee01', { jailed: true })
    const { spec, driver } = prepared
    const state = await orphan(prepared)
    const root = join(spec.dir, 'jail/firecracker/banger-eeeeeeeeee01/root')
    expect(state.root).toBe(root)
    const { uid, mode } = await stat(root)
    expect([uid, mode & 0o777]).toEqual([expect.any(Number), 0o700])
    expect(uid).toBeGreaterThanOrEqual(0x70000000)
    expect((await stat(`/proc/${state.pid}`)).uid).toBe(uid)
    expect(await readFile(`/proc/${state.pid}/cmdline`, 'utf8')).toContain('--id\0banger-eeeeeeeeee01\0')
    expect((await stat(join(root, 'overlay.img'))).ino).toBe((await stat(join(spec.dir, 'overlay.ext4'))).ino)
    expect(await readFile(join(root, 'firecracker.log'), 'utf8')).toContain('\\"path_on_host\\":\\"root.img\\"')

    const machine = await driver.adopt(state, spec)
    await machine?.pause?.()
    await machine?.resume?.()
    await machine?.kill()
    await driver.sweep(spec)
    expect((await readdir(spec.dir)).sort()).toEqual(['console.log', 'overlay.ext4'])
  })

  test('is found and ended when no state of it was kept', async ({ skip }) => {
    if (noJail) skip(noJail)
    const prepared = await prepare('eeeeeeeeee02', { jailed: true })
    const state = await orphan(prepared)
    await prepared.driver.sweep(prepared.spec)
    expect(await isAlive(state)).toBe(false)
  })
})
