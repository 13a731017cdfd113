import { createHash } from 'node:crypto'
import { chown, copyFile, constants, link, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { MachineSpec } from '@banger/core'
import type { Place } from './api/boot-calls.ts'
import { files, instanceId } from './files.ts'

/**
 * The folder that a jailed Firecracker takes for `/`
 * (https://github.com/firecracker-microvm/firecracker/blob/main/docs/jailer.md).
 */
export interface Jail {
  /** What the jailer is told to make jails in. */
  base: string
  root: string
  /** Of the user and of the group that Firecracker runs as. */
  uid: number
}

const baseOf = (dir: string): string => join(dir, 'jail')

/** @param program absolute path of Firecracker; the jailer names a folder after it */
export async function jailOf(spec: Pick<MachineSpec, 'id' | 'dir'>, program: string): Promise<Jail> {
  const base = baseOf(spec.dir)
  const name = basename(await realpath(program))
  return { base, root: join(base, name, instanceId(spec.id), 'root'), uid: jailedUser(spec.id) }
}

/** The jails that a VM's folder holds. */
export async function jailRoots(dir: string): Promise<string[]> {
  const base = baseOf(dir)
  const found = await readdir(base, { withFileTypes: true, recursive: true }).catch(() => [])
  return found.filter((entry) => entry.isDirectory() && entry.name === 'root').map((entry) => join(entry.parentPath, entry.name))
}

/**
 * Makes the jail with everything that the machine opens in it. A file that the jailed user can use where it lies is linked; another
 * one is copied, sharing its blocks where the file system can. Writable disks are the VM's own, and become the jailed user's.
 */
export async function buildJail(spec: MachineSpec, { base, root, uid }: Jail): Promise<void> {
  await removeJail(spec.dir)
  await mkdir(root, { recursive: true, mode: 0o755 })
  await chown(base, uid, uid)
  for (const { path, writable } of jailedFiles(spec)) await bring(path, join(root, jailed(spec, path)), uid, writable)
  for (const name of [files.log, files.metrics]) {
    await writeFile(join(root, name), '')
    await chown(join(root, name), uid, uid)
  }
}

export async function removeJail(dir: string): Promise<void> {
  await rm(baseOf(dir), { recursive: true, force: true })
}

/** Where a jailed Firecracker finds the files: names relative to its root, which it works in. */
export function placesInJail(spec: MachineSpec): Place {
  return (path) => jailed(spec, path)
}

function jailedFiles(spec: MachineSpec): { path: string; writable: boolean }[] {
  const boot = [spec.kernel.path, ...(spec.initrd ? [spec.initrd] : [])]
  return [
    ...boot.map((path) => ({ path, writable: false })),
    ...spec.drives.map(({ path, readOnly }) => ({ path, writable: !readOnly })),
  ]
}

function jailed(spec: MachineSpec, path: string): string {
  if (path === spec.kernel.path) return 'vmlinux'
  if (path === spec.initrd) return 'initrd'
  const drive = spec.drives.find((each) => each.path === path)
  return drive ? `${drive.id}.img` : path
}

async function bring(source: string, target: string, uid: number, writable: boolean): Promise<void> {
  const { mode } = await stat(source)
  const usable = writable || (mode & 0o004) !== 0
  const linked = usable && (await link(await realpath(source), target).then(() => true, crossesDevices))
  if (!linked) await copyFile(source, target, constants.COPYFILE_FICLONE)
  if (writable || !linked) await chown(target, uid, uid)
}

function crossesDevices(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EXDEV' && error.code !== 'EPERM' && error.code !== 'EMLINK') throw error
  return false
}

/**
 * A user of its own for each VM, out of those that no distribution hands out: 0x70000000 to 0x7ffffffe
 * (https://systemd.io/UIDS-GIDS/).
 */
export function jailedUser(id: string): number {
  const number = createHash('sha256').update(id).digest().readUInt32BE()
  return 0x70000000 + (number % 0x0fffffff)
}
