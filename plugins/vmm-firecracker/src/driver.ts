import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BangerError,
  fail,
  type Feature,
  type Host,
  isAlive,
  isError,
  killProcess,
  type MachineSpec,
  type MachineState,
  startTimeOf,
  type VmmDriver,
} from '@banger/core'
import { bootCalls } from './api/boot-calls.ts'
import { boot, defaultPatience } from './boot.ts'
import { files } from './files.ts'
import { findFirecracker } from './find-processes.ts'
import { buildJail, jailedUser, jailOf, placesInJail, removeJail } from './jail.ts'
import { firecrackerArgs, jailerArgs } from './launch.ts'
import { FirecrackerMachine, type FirecrackerState } from './machine.ts'
import { describeProbe, type Firecracker, type FirecrackerProbe, probeFirecracker, probeKey } from './probe.ts'
import type { Settings } from './settings.ts'
import { featuresOf } from './version.ts'

export function createFirecrackerDriver(host: Host, settings: Settings, patience = defaultPatience): VmmDriver {
  let features: ReadonlySet<Feature> = new Set()
  const probe = keepProbe(host, settings)

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
      const { machine, place } = await launch(host, spec, firecracker, onSpawn)
      try {
        await boot(machine, bootCalls(spec, settings, place), patience)
      } catch (error) {
        await discard(machine, spec)
        throw isError(error, 'vmm.refused') ? error : startFailure(spec, error)
      }
      return machine
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
      const processes = await findFirecracker(spec)
      const gone = await Promise.all(processes.map(killProcess))
      if (gone.includes(false)) throw fail('internal', { reason: `Firecracker of ${spec.id} does not end` })
      await removeJail(spec.dir)
      await removeSockets(spec.dir)
    },
  }
}

/** Probes once, and again when Firecracker or /dev/kvm changed. */
function keepProbe(host: Host, settings: Settings): () => Promise<FirecrackerProbe> {
  let kept: { key: string; result: Promise<FirecrackerProbe> } | undefined
  return async () => {
    const key = await probeKey(host, settings)
    if (kept?.key !== key) kept = { key, result: probeFirecracker(host, settings) }
    return kept.result
  }
}

function required(probe: FirecrackerProbe): Firecracker {
  if (probe.firecracker) return probe.firecracker
  if (probe.missing) throw fail('tool.missing', { tool: probe.missing, advice: probe.advice })
  throw fail('driver.unusable', { kind: 'VMM', name: 'firecracker', reason: probe.reason, advice: probe.advice })
}

/** Starts the process, in its jail where there is one, with its files fresh. The guest's serial port is its stdout. */
async function launch(host: Host, spec: MachineSpec, firecracker: Firecracker, onSpawn: (state: MachineState) => void) {
  const { path, jailer, version } = firecracker
  const jail = jailer ? await jailOf(spec, path) : undefined
  await removeSockets(spec.dir)
  if (jail) await buildJail(spec, jail)
  else await emptyFiles(spec.dir)
  const consoleStart = (await stat(spec.consoleLog).catch(() => undefined))?.size ?? 0
  const options = { cwd: spec.dir, logFile: spec.consoleLog }
  const child =
    jail && jailer
      ? await host.detach(jailer, jailerArgs(spec.id, path, jail), options)
      : await host.detach(path, firecrackerArgs(spec.id), options)
  const state: FirecrackerState = {
    pid: child.pid,
    startTime: (await startTimeOf(child.pid)) ?? 0,
    version,
    acceleration: describeProbe({ firecracker }).acceleration ?? '',
    root: jail?.root ?? spec.dir,
    consoleLog: spec.consoleLog,
    consoleStart,
  }
  const machine = new FirecrackerMachine(spec.name, state, child.exited)
  try {
    onSpawn(state)
  } catch (error) {
    await discard(machine, spec)
    throw error
  }
  return { machine, place: jail ? placesInJail(spec) : (file: string) => file }
}

function startFailure(spec: MachineSpec, cause: unknown): BangerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return fail('vm.boot-failed', { name: spec.name, reason, log: join(spec.dir, files.log) }, cause)
}

async function discard(machine: FirecrackerMachine, spec: MachineSpec): Promise<void> {
  await machine.kill()
  await removeJail(spec.dir)
  await removeSockets(spec.dir)
}

function isFirecrackerState(state: MachineState): state is FirecrackerState {
  const texts = [state.version, state.root, state.consoleLog, state.acceleration]
  return texts.every((text) => typeof text === 'string') && typeof state.consoleStart === 'number'
}

/** Before 1.14 Firecracker makes none itself; and it writes over what a file holds. */
async function emptyFiles(dir: string): Promise<void> {
  await Promise.all([files.log, files.metrics].map((name) => writeFile(join(dir, name), '', { mode: 0o600 })))
}

/** Firecracker does not remove them when it ends, and does not start where they are. */
async function removeSockets(dir: string): Promise<void> {
  await Promise.all([files.api, files.vsock].map((name) => rm(join(dir, name), { force: true })))
}
