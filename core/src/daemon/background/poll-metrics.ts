import { readFile, stat } from 'node:fs/promises'
import type { Engine } from '../../lifecycle/engine.ts'

/** Clock ticks in a second, as /proc counts them (USER_HZ, the same on every Linux that banger runs on). */
const ticksPerSecond = 100

interface Look {
  at: number
  /** Clock ticks of CPU that the process has used. */
  ticks: number
}

/** @returns a function that reads once what each running VM takes of this host: its VMM's CPU and memory, and its disk */
export function pollMetrics(engine: Engine): () => Promise<void> {
  const before = new Map<string, Look>()
  return async () => {
    await Promise.all(
      [...engine.live].map(async ([id, live]) => {
        try {
          const [process, disk] = await Promise.all([readProcess(live.machine.state.pid), stat(engine.paths.vm(id).overlay)])
          if (engine.live.get(id) !== live) return
          const now = { at: Date.now(), ticks: process.ticks }
          const last = before.get(id)
          const seconds = last ? (now.at - last.at) / 1000 : 0
          const cpus = last && seconds > 0 ? { cpus: Math.max(0, now.ticks - last.ticks) / ticksPerSecond / seconds } : {}
          const host = { at: now.at, ...cpus, memory: process.memory, disk: Math.round(disk.blocks / 2) }
          engine.usage.set(id, { ...engine.usage.get(id), host })
          before.set(id, now)
        } catch (error) {
          engine.host.log.debug({ vm: id, err: error }, "a VM's process could not be looked at")
        }
      }),
    )
    for (const id of before.keys()) if (!engine.live.has(id)) before.delete(id)
  }
}

/** utime and stime (fields 14, 15) of /proc/<pid>/stat, VmRSS of its status (proc_pid_stat(5), proc_pid_status(5)). */
async function readProcess(pid: number): Promise<{ ticks: number; memory: number }> {
  const [line, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'latin1'), readFile(`/proc/${pid}/status`, 'latin1')])
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return { ticks: Number(fields[11]) + Number(fields[12]), memory: Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) }
}
