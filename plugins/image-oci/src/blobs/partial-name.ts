import { randomBytes } from 'node:crypto'
import { isAlive, startTimeOf } from '@banger/core'

/** A name for a file that this process begins to write: `<pid>-<start time>-<random>`. */
export async function partialName(): Promise<string> {
  return `${process.pid}-${await startTimeOf(process.pid)}-${randomBytes(6).toString('hex')}`
}

/** Whether the process that began to write a file of that name lives, and is not another one with its pid. */
export async function isBeingWritten(name: string): Promise<boolean> {
  const [pid, startTime] = name.split('-').map(Number)
  return isAlive({ pid: pid ?? 0, startTime: startTime ?? 0 })
}
