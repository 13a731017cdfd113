import { execFileSync } from 'node:child_process'
import { statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { craftedLayers, settable, sparse } from '../../core/test/rootfs/crafted-layers.ts'
import { e2fsck } from '../../core/test/rootfs/debugfs.ts'
import { listFolder } from '../../core/test/rootfs/list-folder.ts'
import { differences } from '../../core/test/rootfs/listing.ts'
import { makeTar, type Member } from '../../core/test/rootfs/make-tar.ts'
import { way } from '../../core/test/rootfs/mount.ts'
import { folderInMemory, listPulled, pull, scratchBanger, unpackObstacle } from './pulled-image.ts'

const { banger, folder } = scratchBanger()
const layout = join(folder, 'layout')
const umoci = (...args: string[]) => execFileSync('umoci', args, { stdio: 'pipe' })

test.skipIf(unpackObstacle)(
  `an image of every kind of file, in layers on each other in every way, is pulled as umoci unpacks it (${unpackObstacle || way})`,
  { timeout: 300_000 },
  async () => {
    const names = 100_000
    expect((await compare('crafted', craftedLayers(names), folderInMemory(folder))).length).toBeGreaterThan(names)
  },
)

// umoci writes its holes as zeros
const room = statfsSync(tmpdir())
const largeObstacle = unpackObstacle || (room.bavail * room.bsize < 6e9 ? 'needs 6 GB of disk' : '')

test.skipIf(largeObstacle)(
  `a sparse file beyond 4 GiB is pulled as umoci unpacks it (${largeObstacle || way})`,
  { timeout: 300_000 },
  async () => {
    const size = 2 ** 32 + 1_000_000
    const file = sparse('beyond-4-gib', size, [0, 2_000_000_000, size - (size % 512)])
    expect(await compare('large', [[file]], folder)).toEqual(['/', '/beyond-4-gib'])
  },
)

/** Has umoci make and unpack an image, and banger pull it. @returns the paths that both trees hold */
async function compare(tag: string, layers: Member[][], parent: string): Promise<string[]> {
  const image = `${layout}-${tag}:${tag}`
  const unpacked = join(parent, tag)
  umoci('init', '--layout', `${layout}-${tag}`)
  umoci('new', '--image', image)
  for (const members of layers) {
    writeFileSync(join(folder, 'layer.tar'), makeTar(settable(members)))
    umoci('raw', 'add-layer', '--image', image, join(folder, 'layer.tar'))
  }
  umoci('raw', 'unpack', '--image', image, unpacked)
  const pulled = await pull(banger, `oci-layout:${image}`, tag)
  expect(e2fsck(pulled)).toBe('')
  const expected = listFolder(unpacked, { countLinks: true })
  expect(differences(expected, listPulled(pulled))).toEqual([])
  return [...expected.keys()].sort()
}
