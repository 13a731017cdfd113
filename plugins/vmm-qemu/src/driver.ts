import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Host, isAlive, keepProbe, killProcesses, type MachineState, startMachine, type VmmDriver } from '@banger/core'
import { findQemu } from './find-processes.ts'
import { QemuMachine, type QemuState } from './machine.ts'
import { describeProbe, probeKey, probeQemu, type Qemu, type QemuProbe } from './probe.ts'
import { files, qemuArgs } from './qemu-args.ts'
import { startFailure } from './start-failure.ts'

/** Milliseconds for QEMU to make its machine: 60 when idle, seconds when the host swaps. */
const startTimeout = 60_000

export function createQemuDriver(host: Host): VmmDriver {
  const probe = keepProbe(
    () => probeKey(host),
    () => probeQemu(host),
  )

  return {
    name: 'qemu',
    preference: 10,
    features: new Set(['pause'] as const),
    attachments: new Set(['user', 'tap'] as const),
    kernelNeeds: new Set(['virtioPci'] as const),

    probe: async () => describeProbe(await probe()),

    async start(spec, onSpawn) {
      const qemu = required(await probe())
      const log = join(spec.dir, files.log)
      return startMachine(spec, onSpawn, {
        async spawn() {
          await rm(log, { force: true })
          return host.detach(qemu.path, qemuArgs(spec, qemu), { cwd: spec.dir, logFile: log })
        },
        machine: (started, exited) => new QemuMachine(spec.dir, { ...started, acceleration: qemu.acceleration }, exited),
        boot: untilRunning,
        failure: (error) => startFailure(spec, error),
        clear: () => removeSockets(spec.dir),
      })
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
      await killProcesses(await findQemu(spec), `QEMU of ${spec.id}`)
      await removeSockets(spec.dir)
    },
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

function isQemuState(state: MachineState): state is QemuState {
  return typeof state.consoleLog === 'string' && typeof state.consoleStart === 'number' && typeof state.acceleration === 'string'
}

async function removeSockets(dir: string): Promise<void> {
  await Promise.all([files.agent, files.qmp, files.pid].map((name) => rm(join(dir, name), { force: true })))
}
