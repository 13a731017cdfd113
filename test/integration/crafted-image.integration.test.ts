import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { craftedLayers, settable } from '../../core/test/rootfs/crafted-layers.ts'
import { e2fsck } from '../../core/test/rootfs/debugfs.ts'
import { listFolder } from '../../core/test/rootfs/list-folder.ts'
import { differences } from '../../core/test/rootfs/listing.ts'
import { makeTar } from '../../core/test/rootfs/make-tar.ts'
import { way } from '../../core/test/rootfs/mount.ts'
import { folderInMemory, listPulled, pull, scratchBanger, unpackObstacle } from './pulled-image.ts'

const { banger, folder } = scratchBanger()
const memory = unpackObstacle ? folder : folderInMemory(folder)

test.skipIf(unpackObstacle)(
  `an image of every kind of file, in layers on each other in every way, is pulled as umoci unpacks it (${unpackObstacle || way})`,
  { timeout: 300_000 },
  async () => {
    const layout = join(folder, 'layout')
    const umoci = (...args: string[]) => execFileSync('umoci', args, { stdio: 'pipe' })
    umoci('init', '--layout', layout)
    umoci('new', '--image', `${layout}:crafted`)
    for (const members of craftedLayers(100_000)) {
      writeFileSync(join(folder, 'layer.tar'), makeTar(settable(members)))
      umoci('raw', 'add-layer', '--image', `${layout}:crafted`, join(folder, 'layer.tar'))
    }
    umoci('raw', 'unpack', '--image', `${layout}:crafted`, join(memory, 'unpacked'))
    const image = await pull(banger, `oci-layout:${layout}:crafted`, 'crafted')
    expect(e2fsck(image)).toBe('')
    const expected = listFolder(join(memory, 'unpacked'), { countLinks: true })
    expect(expected.size).toBeGreaterThan(100_000)
    expect(differences(expected, listPulled(image))).toEqual([])
  },
)
