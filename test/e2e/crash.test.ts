import { readlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, isAlive } from './banger.ts'
import { processesNaming, Scratch, tree } from './scratch.ts'

const createSteps = ['row', 'folder', 'overlay', 'work', 'keys']
const startSteps = ['state', 'network', 'vmm', 'ready', 'running']
const deleteSteps = ['state', 'end', 'network', 'folder', 'row']
const moments = ['before', 'after']
const points = (verb: string, steps: string[]) => steps.flatMap((step) => moments.map((moment) => `${verb}/${step}:${moment}`))

/**
 * The daemon kills itself at the point named by BANGER_CRASH_AT. The next command starts a new one, which must leave nothing of
 * what was half-made, and finish what was half-removed.
 */
describe('a daemon killed in the middle of', () => {
  let scratch: Scratch
  let untouched: string[]

  beforeAll(async () => {
    scratch = new Scratch()
    await scratch.borrow(new Banger(inject('home')))
    await scratch.ok(['daemon', 'stop'])
    untouched = leftovers()
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  /** What could be left: everything in the state folder but the files of the daemon itself and of its database. */
  const leftovers = () => tree(scratch.state).filter((path) => !/bangerd\.(log|sock)|banger\.db|^\.\/vms$/.test(path))

  async function crash(point: string, args: string[]): Promise<void> {
    await scratch.run(['daemon', 'stop'])
    const result = await scratch.run(args, { env: { BANGER_CRASH_AT: point } })
    expect(result.status, `${point} was never reached: ${result.stdout}${result.stderr}`).not.toBe(0)
    expect(await scratch.daemonPid()).toBeUndefined()
  }

  async function expectNothing(): Promise<void> {
    expect(await scratch.vms()).toEqual([])
    expect(processesNaming(`${scratch.state}/vms`)).toEqual([])
    expect(processesNaming('qemu').filter((pid) => cwdIn(pid, scratch.state))).toEqual([])
    expect(leftovers()).toEqual(untouched)
  }

  it.each([...points('vm.create', [...createSteps, 'done']).slice(0, -1)])(
    'vm create --no-start, %s, leaves nothing',
    async (point) => {
      await crash(point, ['vm', 'create', '--name', 'half', '--no-start'])
      await expectNothing()
    },
  )

  it.each(points('vm.create-and-start', startSteps).slice(0, -1))('vm create, %s, leaves nothing', async (point) => {
    await crash(point, ['vm', 'create', '--name', 'half', '--memory', '512M'])
    await expectNothing()
  })

  it.each(points('vm.delete', deleteSteps))('vm delete of a stopped VM, %s, is finished', async (point) => {
    await scratch.ok(['vm', 'create', '--name', 'half', '--no-start'])
    await crash(point, ['vm', 'delete', 'half'])
    await expectNothing()
  })

  it.each(points('vm.delete', ['end', 'network']).slice(0, 2))('vm delete of a running VM, %s, is finished', async (point) => {
    await scratch.ok(['vm', 'create', '--name', 'half', '--memory', '512M'])
    const { machine } = await scratch.vm('half')
    // the daemon that crashes is a new one, which has taken the VM over
    await crash(point, ['vm', 'delete', '--force', 'half'])
    await expectNothing()
    expect(isAlive(machine?.pid ?? 0)).toBe(false)
  })
})

function cwdIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
  } catch {
    return false
  }
}
