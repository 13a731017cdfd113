import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { Paths } from '../../store/paths.ts'

/** Bytes of free disk below which there is a warning, and an error. */
const few = 5 * 1024 ** 3
const none = 512 * 1024 ** 2

/** Free space for VMs and images, and for the cache where that is on a disk of its own. */
export async function checkDisk(paths: Pick<Paths, 'state' | 'cache'>): Promise<DoctorCheck[]> {
  const state = await checkFolder('disk', paths.state, 'VMs and images live there')
  const cache = await existing(paths.cache)
  const sameDisk = (await stat(paths.state)).dev === (await stat(cache)).dev
  return sameDisk ? [state] : [state, await checkFolder('cache-disk', cache, 'downloads and initrds live there')]
}

async function checkFolder(id: string, folder: string, why: string): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${folder}`
  const advice = `Free some space: ${why}. banger image prune removes what no VM uses.`
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!writable) return { id, status: 'error', message: `${folder} is not writable for you`, advice: 'Make it writable.' }
  if (free >= few) return { id, status: 'ok', message }
  return { id, status: free < none ? 'error' : 'warning', message, advice }
}

/** The folder, or the nearest above it that is there. */
async function existing(folder: string): Promise<string> {
  return stat(folder).then(
    () => folder,
    () => existing(dirname(folder)),
  )
}
