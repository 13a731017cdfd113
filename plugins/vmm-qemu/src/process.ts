import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processName } from './qemu-args.ts'

/** A process, told apart from a later one with the same pid. */
export interface ProcessId {
  pid: number
  /** Field 22 of /proc/<pid>/stat. */
  startTime: number
}

/**
 * When a process started, in clock ticks since boot (proc_pid_stat(5)).
 * @returns undefined when it is gone; one that ended and was not waited for counts as gone
 */
export async function startTimeOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)
  return stat === undefined ? undefined : parseStartTime(stat)
}

/** The program's name in the second field may hold anything, also spaces and parentheses. */
export function parseStartTime(stat: string): number | undefined {
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (state === 'Z' || state === 'X') return undefined
  const startTime = Number(fields[18])
  return Number.isSafeInteger(startTime) ? startTime : undefined
}

export async function isAlive({ pid, startTime }: ProcessId): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime
}

/**
 * Kills a process and waits until it is gone, at most 5 s.
 * @returns whether it is gone
 */
export async function killProcess(process: ProcessId): Promise<boolean> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(10)) {
    if (!(await isAlive(process))) return true
    signal(process.pid)
  }
  return !(await isAlive(process))
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // Gone meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Every QEMU process of a machine: by its name and its working directory, whatever a pid file says. */
export async function findProcesses(spec: { id: string; dir: string }): Promise<ProcessId[]> {
  const dir = await realpath(spec.dir).catch(() => spec.dir)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => match(pid, spec.id, dir)))
  return found.filter((process) => process !== undefined)
}

async function match(pid: number, id: string, dir: string): Promise<ProcessId | undefined> {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  if (!basename(argv[0] ?? '').startsWith('qemu-system-') || argv[argv.indexOf('-name') + 1] !== processName(id)) return undefined
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  if (cwd.replace(/ \(deleted\)$/, '') !== dir) return undefined
  const startTime = await startTimeOf(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}
