import { copyFile, constants, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { writeKeyPair } from '../config/ssh-key.ts'
import { fail } from '../errors.ts'
import type { CreateVm } from '../protocol/api.ts'
import type { Vm } from '../protocol/model.ts'
import { formatOverlay } from '../rootfs/format-overlay.ts'
import { chooseDrivers } from './choose-drivers.ts'
import { ensureImage, ensureKernel } from './defaults.ts'
import { forgetNetwork } from './end-machine.ts'
import { announce, type Engine, updateVm } from './engine.ts'
import { findImage, findKernel } from './find.ts'
import { checkName, inventId, inventName } from './names.ts'
import { type Live, perform, type Step, type Verb } from './sequence.ts'
import { startSteps } from './start-vm.ts'

interface VmData {
  id: string
}

/** MiB */
const defaults = { vcpus: 2, memory: 1024, disk: 10_240 }

/**
 * Creates a VM and, unless told otherwise, starts it and waits until it is ready. All or nothing: when a step fails or
 * `live.signal` aborts, nothing of it remains.
 * @throws vm.bad-name, vm.exists, image.not-found, driver.mismatch, vm.boot-failed, …
 */
export async function createVm(engine: Engine, request: CreateVm, live: Live): Promise<Vm> {
  if (request.name !== undefined) checkName(request.name, 'VM')
  // Before anything is fetched, so that what can't work is told at once.
  await chooseDrivers(engine, request)
  const image = await ensureImage(engine, request.image, live)
  const kernel = await ensureKernel(engine, image.kernel, live)
  const { vmm, network } = await chooseDrivers(engine, request, kernel)
  const vm = newVm(engine, request, { image: image.name, kernel: kernel.name, vmm, network })
  const start = request.start ?? true
  await engine.locks.hold(vm.id, vm.name, 'create', async (signal) => {
    const both = { ...live, signal: AbortSignal.any([signal, live.signal]) }
    const verb = start ? createAndStartVerb(engine, vm) : createVerb(engine, vm)
    await perform(verb, vm.id, { id: vm.id }, both, { journal: engine.store.journal, log: engine.host.log })
  })
  announce(engine, { type: 'vm.created', vm: { id: vm.id, name: vm.name } })
  return engine.store.vms.get(vm.id) ?? vm
}

/** @param vm the row to begin with; unknown, and not needed, when a crash is undone */
export function createVerb(engine: Engine, vm?: Vm): Verb<VmData> {
  return {
    name: 'vm.create',
    onCrash: 'undo',
    steps: [...diskSteps(engine, vm), { name: 'done', run: ({ id }) => void updateVm(engine, id, { state: 'stopped' }) }],
  }
}

export function createAndStartVerb(engine: Engine, vm?: Vm): Verb<VmData> {
  return { name: 'vm.create-and-start', onCrash: 'undo', steps: [...diskSteps(engine, vm), ...startSteps(engine)] }
}

function newVm(engine: Engine, request: CreateVm, chosen: { image: string; kernel: string; vmm: string; network: string }): Vm {
  const taken = (name: string) => engine.store.vms.all().some((vm) => vm.name === name)
  if (request.name && taken(request.name)) throw fail('vm.exists', { name: request.name })
  // they may have been deleted while the other one was fetched; from this tick on, the row keeps them
  findImage(engine, chosen.image)
  findKernel(engine, chosen.kernel)
  const id = inventId()
  return {
    id,
    name: request.name ?? inventName(taken),
    state: 'creating',
    ...chosen,
    vcpus: request.vcpus ?? defaults.vcpus,
    memory: request.memory ?? defaults.memory,
    disk: request.disk ?? defaults.disk,
    publish: request.publish ?? [],
    ephemeral: request.ephemeral ?? false,
    createdAt: Date.now(),
    warnings: [],
    consoleLog: engine.paths.vm(id).consoleLog,
  }
}

function diskSteps(engine: Engine, vm?: Vm): Step<VmData>[] {
  const files = (data: VmData) => engine.paths.vm(data.id)
  return [
    {
      name: 'row',
      run: () => {
        if (vm) engine.store.vms.put(vm)
      },
      undo: async ({ id }) => {
        await forgetNetwork(engine, id)
        engine.store.vms.delete(id)
      },
    },
    {
      name: 'folder',
      run: async (data) => void (await mkdir(files(data).dir, { recursive: true, mode: 0o700 })),
      undo: (data) => rm(files(data).dir, { recursive: true, force: true }),
    },
    { name: 'overlay', run: (data) => formatOverlay(engine.host, files(data).overlay, vm?.disk ?? defaults.disk) },
    { name: 'work', run: (data) => copyWorkSeed(engine, vm?.image ?? '', files(data).work) },
    { name: 'keys', run: (data) => makeHostKey(vm?.name ?? data.id, files(data)) },
  ]
}

async function copyWorkSeed(engine: Engine, imageName: string, target: string): Promise<void> {
  const seed = engine.store.images.get(imageName)?.files.workSeed
  if (!seed) return
  await copyFile(seed, target, constants.COPYFILE_FICLONE)
  const file = await open(target, 'r+')
  await file.sync().finally(() => file.close())
}

async function makeHostKey(name: string, files: { hostKey: string; knownHosts: string }): Promise<void> {
  const pair = await writeKeyPair(files.hostKey, name)
  const [type, key] = pair.publicKey.split(' ')
  await writeFile(files.knownHosts, `banger-${name} ${type} ${key}\n`, { mode: 0o600 })
}
