import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BangerError,
  type DetachedProcess,
  fail,
  type Feature,
  type Host,
  isAlive,
  isError,
  keepProbe,
  killProcesses,
  type MachineSpec,
  type MachineState,
  startMachine,
  type VmmDriver,
} from '@banger/core'
import { bootCalls } from './api/boot-calls.ts'
import { boot, defaultPatience } from './boot.ts'
import { files } from './files.ts'
import { findFirecracker } from './find-processes.ts'
import { buildJail, type Jail, jailedUser, jailOf, placesInJail, removeJail } from './jail.ts'
import { firecrackerArgs, jailerArgs } from './launch.ts'
import { FirecrackerMachine, type FirecrackerState } from './machine.ts'
import { describeProbe, type Firecracker, type FirecrackerProbe, probeFirecracker, probeKey } from './probe.ts'
import type { Settings } from './settings.ts'
import { featuresOf } from './version.ts'

export function createFirecrackerDriver(host: Host, settings: Settings, patience = defaultPatience): VmmDriver {
  let features: ReadonlySet<Feature> = new Set()
  const probe = keepProbe(
    () => probeKey(host, settings),
    () => probeFirecracker(host, settings),
  )

  return {
    name: 'firecracker',
    preference: 20,
    get features() {
      return features
    },
    attachments: new Set(['tap'] as const),
    ...(settings.jailer ? { userOf: jailedUser } : {}),
    kernelNeeds: new Set(['virtioMmio', 'vsock'] as const),

    async probe() {
      const result = await probe()
      if (result.firecracker) features = featuresOf(result.firecracker.version)
      return describeProbe(result)
    },

    async start(spec, onSpawn) {
      const firecracker = required(await probe())
      const jail = firecracker.jailer ? await jailOf(spec, firecracker.path) : undefined
      const own = { version: firecracker.version, acceleration: accelerationOf(firecracker), root: jail?.root ?? spec.dir }
      const calls = bootCalls(spec, settings, jail ? placesInJail(spec) : (file) => file)
      return startMachine(spec, onSpawn, {
        spawn: () => launch(host, spec, firecracker, jail),
        machine: (started, exited) => new FirecrackerMachine(spec.name, { ...started, ...own }, exited),
        boot: (machine) => boot(machine, calls, patience),
        failure: (error) => (isError(error, 'vmm.refused') ? error : startFailure(spec, error)),
        clear: () => clear(spec.dir),
      })
    },

    async adopt(state, spec) {
      if (!isFirecrackerState(state) || !(await isAlive(state))) return undefined
      const machine = new FirecrackerMachine(spec.name, state)
      await machine.call({ method: 'GET', path: '/' }, 3000).catch((error: unknown) => {
        host.log.warn({ vm: spec.name, err: error }, "a running VM's API does not answer")
      })
      machine.release()
      return machine
    },

    async sweep(spec) {
      await killProcesses(await findFirecracker(spec), `Firecracker of ${spec.id}`)
      await clear(spec.dir)
    },
  }
}

function required(probe: FirecrackerProbe): Firecracker {
  if (probe.firecracker) return probe.firecracker
  if (probe.missing) throw fail('tool.missing', { tool: probe.missing, advice: probe.advice })
  throw fail('driver.unusable', { kind: 'VMM', name: 'firecracker', reason: probe.reason, advice: probe.advice })
}

/** Starts the process, in its jail where there is one, with its files fresh. The guest's serial port is its stdout. */
async function launch(host: Host, spec: MachineSpec, { path, jailer }: Firecracker, jail?: Jail): Promise<DetachedProcess> {
  const options = { cwd: spec.dir, logFile: spec.consoleLog }
  if (jail && jailer) {
    await buildJail(spec, jail)
    return host.detach(jailer, jailerArgs(spec.id, path, jail), options)
  }
  await emptyFiles(spec.dir)
  return host.detach(path, firecrackerArgs(spec.id), options)
}

function accelerationOf(firecracker: Firecracker): string {
  return describeProbe({ firecracker }).acceleration ?? ''
}

function startFailure(spec: MachineSpec, cause: unknown): BangerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return fail('vm.boot-failed', { name: spec.name, reason, log: join(spec.dir, files.log) }, cause)
}

function isFirecrackerState(state: MachineState): state is FirecrackerState {
  const texts = [state.version, state.root, state.consoleLog, state.acceleration]
  return texts.every((text) => typeof text === 'string') && typeof state.consoleStart === 'number'
}

/** Before 1.14 Firecracker makes none itself; and it writes over what a file holds. */
async function emptyFiles(dir: string): Promise<void> {
  await Promise.all([files.log, files.metrics].map((name) => writeFile(join(dir, name), '', { mode: 0o600 })))
}

/** Firecracker does not remove its sockets when it ends, and does not start where they are. */
async function clear(dir: string): Promise<void> {
  await removeJail(dir)
  await Promise.all([files.api, files.vsock].map((name) => rm(join(dir, name), { force: true })))
}
