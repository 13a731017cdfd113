import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  fail,
  type Host,
  isAlive,
  killProcess,
  type MachineSpec,
  type MachineState,
  startTimeOf,
  type VmmDriver,
} from '@banger/core'
import { findQemu } from './find-processes.ts'
import { QemuMachine, type QemuState } from './machine.ts'
import { describeProbe, probeKey, probeQemu, type Qemu, type QemuProbe } from './probe.ts'
import { files, qemuArgs } from './qemu-args.ts'
import { startFailure } from './start-failure.ts'

/** Milliseconds for QEMU to make its machine: 60 when idle, seconds when the host swaps. */
const startTimeout = 60_000

export function createQemuDriver(host: Host): VmmDriver {
  const probe = keepProbe(host)

  return {
    name: 'qemu',
    preference: 10,
    features: new Set(['pause'] as const),
    attachments: new Set(['user', 'tap'] as const),
    kernelNeeds: new Set(['virtioPci'] as const),

    probe: async () => describeProbe(await probe()),

    async start(spec, onSpawn) {
      const qemu = required(await probe())
      await removeFiles(spec.dir)
      const consoleStart = (await stat(spec.consoleLog).catch(() => undefined))?.size ?? 0
      const child = await host.detach(qemu.path, qemuArgs(spec, qemu), { cwd: spec.dir, logFile: join(spec.dir, files.log) })
      const startTime = (await startTimeOf(child.pid)) ?? 0
      const state: QemuState = {
        pid: child.pid,
        startTime,
        acceleration: qemu.acceleration,
        consoleLog: spec.consoleLog,
        consoleStart,
      }
      const machine = new QemuMachine(spec.dir, state, child.exited)
      try {
        onSpawn(state)
      } catch (error) {
        await discard(machine, spec)
        throw error
      }
      try {
        await untilRunning(machine)
      } catch (error) {
        await discard(machine, spec)
        throw await startFailure(spec, error)
      }
      return machine
    },

    async adopt(state, spec) {
      if (!isQemuState(state) || !(await isAlive(state))) return undefined
      const machine = new QemuMachine(spec.dir, state)
      await machine.control(3000).catch((error: unknown) => {
        host.log.warn({ vm: spec.name, err: error }, "a running VM's control socket does not answer")
      })
      return machine
    },

    async sweep(spec) {
      const processes = await findQemu(spec)
      const gone = await Promise.all(processes.map(killProcess))
      if (gone.includes(false)) throw fail('internal', { reason: `QEMU of ${spec.id} does not end` })
      await removeSockets(spec.dir)
    },
  }
}

/** Probes once, and again when QEMU or /dev/kvm changed. */
function keepProbe(host: Host): () => Promise<QemuProbe> {
  let kept: { key: string; result: Promise<QemuProbe> } | undefined
  return async () => {
    const key = await probeKey(host)
    if (kept?.key !== key) kept = { key, result: probeQemu(host) }
    return kept.result
  }
}

function required(probe: QemuProbe): Qemu {
  if (probe.qemu) return probe.qemu
  if (probe.missing) throw fail('tool.missing', { tool: probe.missing, advice: probe.advice })
  throw fail('driver.unusable', { kind: 'VMM', name: 'qemu', reason: probe.reason, advice: probe.advice })
}

/** Resolves when QEMU has made the machine, rejects when it ends before. */
async function untilRunning(machine: QemuMachine): Promise<void> {
  const ended = machine.exited.then((exit) => {
    throw new Error(exit.detail)
  })
  await Promise.race([machine.control(startTimeout), ended])
}

async function discard(machine: QemuMachine, spec: MachineSpec): Promise<void> {
  await machine.kill()
  await removeSockets(spec.dir)
}

function isQemuState(state: MachineState): state is QemuState {
  return typeof state.consoleLog === 'string' && typeof state.consoleStart === 'number' && typeof state.acceleration === 'string'
}

async function removeFiles(dir: string): Promise<void> {
  await removeSockets(dir)
  await rm(join(dir, files.log), { force: true })
}

async function removeSockets(dir: string): Promise<void> {
  await Promise.all([files.agent, files.qmp, files.pid].map((name) => rm(join(dir, name), { force: true })))
}
