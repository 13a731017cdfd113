import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

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

/** Whether this very process still runs: its pid may be another's by now. */
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

/**
 * Processes by what they were started with, whatever a pid file says.
 * @param wanted gets the command line and the working directory, which is '' where it may not be read
 */
export async function findProcesses(wanted: (argv: string[], cwd: string, pid: number) => boolean): Promise<ProcessId[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => match(pid, wanted)))
  return found.filter((process) => process !== undefined)
}

async function match(pid: number, wanted: Parameters<typeof findProcesses>[0]): Promise<ProcessId | undefined> {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  if (!wanted(argv, cwd.replace(/ \(deleted\)$/, ''), pid)) return undefined
  const startTime = await startTimeOf(pid)
  return startTime === undefined ? undefined : { pid, startTime }
}
