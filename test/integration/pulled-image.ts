import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { listFolder } from '../../core/test/rootfs/list-folder.ts'
import { listImage } from '../../core/test/rootfs/list-image.ts'
import type { Listing } from '../../core/test/rootfs/listing.ts'
import { mountObstacle, withMount } from '../../core/test/rootfs/mount.ts'
import { Banger } from '../e2e/banger.ts'

/** Why no tree can be unpacked here to compare images with, '' when it can. */
export const unpackObstacle = process.getuid?.() === 0 ? '' : 'needs root: umoci unpack gives files their owners'

/** banger as built, in a home of this file's own. */
export function scratchBanger(): { banger: Banger; folder: string } {
  const folder = join(tmpdir(), `banger-equality-${randomUUID()}`)
  // not at once: in a file whose tests are all skipped, nobody would remove it
  beforeAll(() => mkdirSync(folder))
  const banger = new Banger(join(folder, 'home'))
  afterAll(async () => {
    await banger.run(['daemon', 'stop'])
    rmSync(folder, { recursive: true, force: true })
  })
  return { banger, folder }
}

/** @returns the path of the ext4 file that `banger image pull` makes */
export async function pull(banger: Banger, ref: string, name: string): Promise<string> {
  await banger.ok(['image', 'pull', ref, '--name', name])
  return join(banger.state, 'images', name, 'rootfs.ext4')
}

/** All that an ext4 file holds. */
export function listPulled(image: string): Listing {
  return mountObstacle ? listImage(image) : withMount(image, (mounted) => listFolder(mounted))
}

/** A folder in memory for the present test, where a hundred thousand files are made in seconds, or on the disk where that is refused. */
export function folderInMemory(parent: string): string {
  const folder = mkdtempSync(join(parent, 'memory-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  if (status !== 0) return folder
  onTestFinished(() => void spawnSync('umount', [folder]))
  // before Linux 6.6 it keeps no attributes of users
  if (spawnSync('setfattr', ['--name=user.test', '--value=x', folder]).status === 0) return folder
  return mkdtempSync(join(parent, 'disk-'))
}
