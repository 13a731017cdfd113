import { realpath, stat } from 'node:fs/promises'
import { findProcesses, type ProcessId } from '@banger/core'
import { instanceId } from './files.ts'
import { jailRoots } from './jail.ts'

/** Every process of a machine, Firecracker's or still its jailer's: by its id, and by where it works or what its root is. */
export async function findFirecracker(spec: { id: string; dir: string }): Promise<ProcessId[]> {
  const dir = await realpath(spec.dir).catch(() => spec.dir)
  const places = new Map<number, string>()
  const found = await findProcesses((argv, cwd, pid) => {
    const ours = argv[argv.indexOf('--id') + 1] === instanceId(spec.id)
    if (ours) places.set(pid, cwd)
    return ours
  })
  const roots = await jailRoots(dir)
  const checked = await Promise.all(
    found.map(async (process) => isWithin(places.get(process.pid) ?? '', dir) || (await hasRoot(process.pid, roots))),
  )
  return found.filter((_, index) => checked[index])
}

function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`)
}

/** A jailed process works at `/`, which is one of these folders. */
async function hasRoot(pid: number, roots: string[]): Promise<boolean> {
  const own = await stat(`/proc/${pid}/root/`).catch(() => undefined)
  const stats = await Promise.all(roots.map((root) => stat(root).catch(() => undefined)))
  return stats.some((root) => root !== undefined && own !== undefined && root.dev === own.dev && root.ino === own.ino)
}
