import { once } from 'node:events'
import { access, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { MachineSpec, MachineState } from '@banger/core'
import { orphan, sampleMachine, testHost } from '@banger/plugin-testkit'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createQemuDriver } from '../src/driver.ts'
import { findQemu } from '../src/find-processes.ts'

const host = testHost()
afterAll(() => host.remove())
const driver = createQemuDriver(host)
const subject = { name: 'qemu', extend: new URL('../src/extend.ts', import.meta.url) }
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function machineSpec(id: string, folder?: string): MachineSpec {
  const spec = sampleMachine(host.folder, id, folder ? { folder } : {})
  cleanups.push(() => driver.sweep(spec))
  return spec
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

describe('a started machine', () => {
  test('runs until it is killed, and leaves no process and no socket', async () => {
    const spec = machineSpec('aaaaaaaaaa01')
    const states: MachineState[] = []
    const machine = await driver.start(spec, (state) => states.push(state))
    expect(states).toEqual([machine.state])
    expect(await findQemu(spec)).toEqual([{ pid: machine.state.pid, startTime: machine.state.startTime }])
    await machine.kill()
    expect(await machine.exited).toMatchObject({ reason: 'killed', detail: 'banger ended it.' })
    await machine.kill()
    await driver.sweep(spec)
    expect(await findQemu(spec)).toEqual([])
    expect((await readdir(spec.dir)).sort()).toEqual(['console.log', 'overlay.ext4', 'qemu.log'])
  })

  test('lies in a folder of any depth, though a socket may have 108 bytes at most', async () => {
    const machine = await driver.start(machineSpec('aaaaaaaaaa02', `${'deep/'.repeat(40)}a, b`), () => {})
    await machine.pause?.()
    await machine.resume?.()
    await machine.kill()
  })

  test('is told to be ended from outside', async () => {
    const machine = await driver.start(machineSpec('aaaaaaaaaa03'), () => {})
    process.kill(machine.state.pid, 'SIGTERM')
    expect(await machine.exited).toMatchObject({ reason: 'killed', detail: 'QEMU was told to end from outside banger.' })
    const other = await driver.start(machineSpec('aaaaaaaaaa04'), () => {})
    process.kill(other.state.pid, 'SIGKILL')
    expect(await other.exited).toMatchObject({ reason: 'killed', signal: 'SIGKILL' })
  })

  test('has no agent to connect to before a guest serves one', async () => {
    const machine = await driver.start(machineSpec('aaaaaaaaaa05'), () => {})
    await expect(machine.connect()).rejects.toThrow('no answer for 500 ms')
    await expect(machine.connect(AbortSignal.timeout(50))).rejects.toThrow(/timeout/)
    await machine.kill()
    await expect(machine.connect()).rejects.toThrow()
  })

  test('shares a read-only image with others, and keeps its own disk to itself', async () => {
    const [one, two] = [machineSpec('aaaaaaaaaa06'), machineSpec('aaaaaaaaaa07')]
    await driver.start(one, () => {})
    const root = one.drives.filter((drive) => drive.readOnly)
    const own = two.drives.filter((drive) => !drive.readOnly)
    await driver.start({ ...two, drives: [...root, ...own] }, () => {})
    await driver.sweep(two)
    await expect(driver.start({ ...two, drives: one.drives }, () => {})).rejects.toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringMatching(/lock/),
    })
  })
})

describe('a machine that cannot start', () => {
  async function failure(change: (spec: MachineSpec) => MachineSpec): Promise<unknown> {
    const spec = change(machineSpec('bbbbbbbbbb01'))
    const error: unknown = await driver.start(spec, () => {}).catch((reason: unknown) => reason)
    expect(await findQemu(spec)).toEqual([])
    for (const name of ['agent.sock', 'qmp.sock', 'qemu.pid']) expect(await exists(join(spec.dir, name))).toBe(false)
    return error
  }

  test('says which port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const guest = { mac: '52:54:00:01:02:03', address: '10.0.2.15/24', gateway: '10.0.2.2', dns: ['10.0.2.3'] }
    const publish = [{ hostAddress: '127.0.0.1', hostPort: port, guestPort: 80 }]
    const error = await failure((spec) => ({ ...spec, attachment: { kind: 'user', guest, publish } }))
    expect(error).toMatchObject({ code: 'port.in-use', message: `The host port 127.0.0.1:${port} is in use already.` })
    server.close()
  })

  test('gives QEMU’s own words for too much memory', async () => {
    const error = await failure((spec) => ({ ...spec, memory: 100_000_000 }))
    expect(error).toMatchObject({
      code: 'vm.boot-failed',
      message: expect.stringMatching(/QEMU says: .*memory/),
      hint: expect.stringMatching(/qemu\.log/),
    })
  })

  test('gives QEMU’s own words for a file that is gone', async () => {
    const error = await failure((spec) => ({ ...spec, kernel: { ...spec.kernel, path: '/nowhere/vmlinux' } }))
    expect(error).toMatchObject({ code: 'vm.boot-failed', message: expect.stringMatching(/\/nowhere\/vmlinux/) })
  })
})

describe('without QEMU', () => {
  const bare = createQemuDriver({ ...host, which: async () => undefined })

  test('the probe says what to install', async () => {
    expect(await bare.probe()).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/is not installed/),
      advice: expect.stringMatching(/apt-get install qemu-system/),
    })
  })

  test('a start fails with the program that is missing', async () => {
    const spec = machineSpec('bbbbbbbbbb03')
    await expect(bare.start(spec, () => {})).rejects.toMatchObject({
      code: 'tool.missing',
      hint: expect.stringMatching(/qemu-system/),
    })
  })
})

describe('a machine whose daemon was killed', () => {
  test('is adopted with all it can do, and its end is seen', async () => {
    const spec = machineSpec('cccccccccc01')
    const state = await orphan(subject, spec)
    const machine = await driver.adopt(state, spec)
    await machine?.pause?.()
    await machine?.resume?.()
    process.kill(state.pid, 'SIGTERM')
    expect(await machine?.exited).toMatchObject({ reason: 'killed' })
  })
})
