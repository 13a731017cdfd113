import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail } from '../../src/errors.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { createVm } from '../../src/lifecycle/create-vm.ts'
import { deleteVm } from '../../src/lifecycle/delete-vm.ts'
import { reconcile } from '../../src/lifecycle/reconcile.ts'
import { startVm } from '../../src/lifecycle/start-vm.ts'
import { killVm, stopVm } from '../../src/lifecycle/stop-vm.ts'
import { type FakeEngine, fakeEngine } from './fake-engine.ts'

const live = () => ({ signal: new AbortController().signal, progress: () => undefined })

async function soon(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 200) throw new Error('it did not become true')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('the lifecycle', () => {
  let engine: FakeEngine
  beforeEach(async () => {
    engine = await fakeEngine()
  })
  afterEach(() => engine.close())

  it('creates, starts and configures a VM, keeping the warnings of the guest', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    expect(vm).toMatchObject({
      name: 'box',
      state: 'running',
      vmm: 'fake',
      network: 'fake',
      warnings: ['one thing'],
      machine: { pid: 1 },
    })
    expect(engine.store.journal.open()).toEqual([])
  })

  it('leaves nothing of a VM whose VMM fails', async () => {
    engine.next.fails = new Error('no luck')
    await expect(createVm(engine, { name: 'box' }, live())).rejects.toThrow('no luck')
    expect(engine.store.vms.all()).toEqual([])
    expect(readdirSync(engine.paths.vms)).toEqual([])
    expect(engine.said).toEqual(['attach', 'start', 'sweep', 'release'])
  })

  it('keeps the log that the error of a VMM names, though the folder of the VM goes', async () => {
    engine.next.fails = ({ dir, name }) => {
      writeFileSync(join(dir, 'vmm.log'), 'out of memory')
      return fail('vm.boot-failed', { name, reason: 'the VMM ended', log: join(dir, 'vmm.log') })
    }
    const error: unknown = await createVm(engine, { name: 'box' }, live()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'vm.boot-failed', message: expect.stringContaining('the VMM ended') })
    const log = join(engine.paths.state, 'failed/box.vmm.log')
    expect((error as { hint: string }).hint).toMatch(log)
    expect(readFileSync(log, 'utf8')).toBe('out of memory')
    expect(readdirSync(engine.paths.vms)).toEqual([])
  })

  it('names the log of the daemon for a VMM that wrote none', async () => {
    engine.next.fails = ({ dir, name }) => fail('vm.boot-failed', { name, reason: 'it ended', log: join(dir, 'vmm.log') })
    await expect(createVm(engine, { name: 'box' }, live())).rejects.toMatchObject({
      hint: expect.stringContaining(engine.paths.daemonLog),
    })
  })

  it('leaves nothing of a VM whose creation is aborted while it boots', async () => {
    engine.next.hangs = true
    const abort = new AbortController()
    const creating = createVm(engine, { name: 'box' }, { ...live(), signal: abort.signal })
    const refused = expect(creating).rejects.toThrow()
    await soon(() => engine.machines.size === 1)
    abort.abort()
    await refused
    expect([engine.store.vms.all(), engine.machines.size]).toEqual([[], 0])
  })

  it('lets two creations of one name succeed once', async () => {
    const results = await Promise.allSettled([
      createVm(engine, { name: 'box' }, live()),
      createVm(engine, { name: 'box' }, live()),
    ])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(engine.store.vms.all()).toHaveLength(1)
  })

  it('stops a VM through its agent, and starts it again', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    expect(await stopVm(engine, vm, live())).toMatchObject({ state: 'stopped', exit: { reason: 'guest-poweroff' } })
    expect(await startVm(engine, vm, live())).toMatchObject({ state: 'running' })
  })

  it('makes a stop wait for the start under way', async () => {
    const vm = await createVm(engine, { name: 'box', start: false }, live())
    const [started, stopped] = await Promise.all([startVm(engine, vm, live()), stopVm(engine, vm, live())])
    expect([started.name, stopped.state]).toEqual(['box', 'stopped'])
    expect(engine.store.vms.get(vm.id)).toMatchObject({ state: 'stopped', exit: { reason: 'guest-poweroff' } })
  })

  it('says which verb keeps a VM busy when the wait is too long', async () => {
    engine.next.hangs = true
    const vm = await createVm(engine, { name: 'box', start: false }, live())
    const starting = startVm(engine, vm, live()).catch(() => undefined)
    await soon(() => engine.machines.size === 1)
    const impatient = { ...engine, locks: Object.assign(engine.locks, { patience: 20 }) }
    await expect(stopVm(impatient, vm, live())).rejects.toMatchObject({
      code: 'vm.busy',
      message: expect.stringContaining('start is under way'),
    })
    await killVm(engine, vm, live())
    await starting
  })

  it('kills a VM that is being started', async () => {
    engine.next.hangs = true
    const vm = await createVm(engine, { name: 'box', start: false }, live())
    const starting = expect(startVm(engine, vm, live())).rejects.toMatchObject({ code: 'aborted' })
    await soon(() => engine.machines.size === 1)
    expect(await killVm(engine, vm, live())).toMatchObject({ state: 'stopped' })
    await starting
  })

  it('notices a guest that powered itself off', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    engine.machines.get(vm.id)?.powerOff({ reason: 'guest-poweroff', detail: 'It powered itself off.' })
    await soon(() => engine.store.vms.get(vm.id)?.state === 'stopped')
    expect(engine.store.vms.get(vm.id)).toMatchObject({ exit: { reason: 'guest-poweroff' } })
    expect(engine.said.at(-1)).toBe('release')
  })

  it('deletes a running VM only by force', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    await expect(deleteVm(engine, vm, live(), { force: false })).rejects.toMatchObject({ code: 'vm.delete-running' })
    await deleteVm(engine, vm, live(), { force: true })
    expect([engine.store.vms.all(), existsSync(engine.paths.vm(vm.id).dir)]).toEqual([[], false])
  })

  it('marks VMs as stopped that ended while no daemon ran, and keeps what is left of a crash out of the way', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    engine.live.clear()
    const { mkdirSync } = await import('node:fs')
    mkdirSync(engine.paths.vm('orphanorphan').dir, { recursive: true })
    await reconcile(engine)
    expect(engine.store.vms.get(vm.id)).toMatchObject({ state: 'stopped', exit: { reason: 'unknown' } })
    expect(readdirSync(engine.paths.vms)).toEqual([vm.id])
  })

  it('leaves the row of a VM whose VMM is not there, or fails to say: it may well run', async () => {
    const vm = await createVm(engine, { name: 'box' }, live())
    engine.live.clear()
    const before = engine.store.vms.get(vm.id)
    const { vmms } = engine
    engine.vmms = new Registry('VMM', (driver) => driver.name)
    await reconcile(engine)
    expect(engine.store.vms.get(vm.id)).toEqual(before)
    const adopt = () => Promise.reject(new Error('not now'))
    engine.vmms.add('fake', { ...vmms.require('fake'), adopt })
    await reconcile(engine)
    expect(engine.store.vms.get(vm.id)).toEqual(before)
  })
})
