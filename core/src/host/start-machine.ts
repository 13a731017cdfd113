import { stat } from 'node:fs/promises'
import { fail } from '../errors.ts'
import type { DetachedProcess } from '../hooks/host.ts'
import type { Machine, MachineSpec, MachineState } from '../hooks/vmm.ts'
import { killProcess, type ProcessId, startTimeOf } from './process-id.ts'

/** What every driver's state has: the process, and where its console begins. */
export interface StartedProcess extends MachineState {
  consoleLog: string
  /** Bytes that the console's log held before this start. */
  consoleStart: number
}

/** What is a driver's own about the start of a machine. */
export interface StartSteps<M extends Machine> {
  /** Starts the VMM detached, with what it needs on the disk. */
  spawn(): Promise<DetachedProcess>
  /** The machine of that process; its state is what `started` says and what the driver adds. */
  machine(started: StartedProcess, exited: DetachedProcess['exited']): M
  /** Resolves when the machine runs. */
  boot(machine: M): Promise<void>
  /** Puts into words what `boot` failed with; the process is gone by then, its log is not. */
  failure(error: unknown): Error | Promise<Error>
  /** Removes what a VMM leaves on the disk when it is gone: sockets, pid files. Called before the start, too. Idempotent. */
  clear(): Promise<void>
}

/**
 * Starts a VMM as `VmmDriver.start` promises it: `onSpawn` is told the state before anything else can fail, and when something
 * does, the process is ended and cleared away.
 * @throws what `spawn` and `onSpawn` throw, and what `failure` makes of what `boot` throws
 */
export async function startMachine<M extends Machine>(
  { consoleLog }: Pick<MachineSpec, 'consoleLog'>,
  onSpawn: (state: MachineState) => void,
  { spawn, machine, boot, failure, clear }: StartSteps<M>,
): Promise<M> {
  await clear()
  const consoleStart = (await stat(consoleLog).catch(() => undefined))?.size ?? 0
  const { pid, exited } = await undoing(spawn, clear)
  const started = machine({ pid, startTime: (await startTimeOf(pid)) ?? 0, consoleLog, consoleStart }, exited)
  const discard = async (): Promise<void> => {
    await started.kill()
    await clear()
  }
  await undoing(async () => onSpawn(started.state), discard)
  await undoing(() => boot(started), discard, failure)
  return started
}

/** Does a step; when it fails, undoes what was done and fails with what `failure` makes of it. */
async function undoing<T>(
  step: () => Promise<T>,
  undo: () => Promise<void>,
  failure: (error: unknown) => unknown = (error) => error,
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    await undo()
    throw await failure(error)
  }
}

/**
 * Ends processes at once, and waits until they are gone.
 * @param what they are, for the error: `QEMU of k3v9x2m4q7ab`
 * @throws internal when one does not end
 */
export async function killProcesses(processes: ProcessId[], what: string): Promise<void> {
  const gone = await Promise.all(processes.map(killProcess))
  if (gone.includes(false)) throw fail('internal', { reason: `${what} does not end` })
}
