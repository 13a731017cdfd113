import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Host, ProgressEvent, ResolvedImage } from '@banger/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { run, stream } from '../../core/src/host/run.ts'
import { which } from '../../core/src/host/which.ts'
import { type BuiltRootfs, buildRootfs } from '../../core/src/rootfs/build-rootfs.ts'
import { e2fsck } from '../../core/test/rootfs/debugfs.ts'
import { listFolder } from '../../core/test/rootfs/list-folder.ts'
import { differences } from '../../core/test/rootfs/listing.ts'
import { way } from '../../core/test/rootfs/mount.ts'
import { hostCodename } from '../../plugins/distro-debian/src/host-apt.ts'
import { chooseMode } from '../../plugins/distro-debian/src/mode.ts'
import { debianSource } from '../../plugins/distro-debian/src/source.ts'
import { listPulled, pull, scratchBanger, unpackObstacle } from './pulled-image.ts'

const host = { run, stream, which } as unknown as Host
const obstacle = await findObstacle()

describe.skipIf(obstacle)(`a minimal Debian from the mirror${obstacle && ` (${obstacle})`}`, { timeout: 300_000 }, () => {
  const { banger, folder } = scratchBanger()
  const tar = join(folder, 'debian.tar')
  const image = join(folder, 'image.ext4')
  const events: ProgressEvent[] = []
  let suite = ''
  let found: ResolvedImage | undefined
  let built: BuiltRootfs

  // once for all tests: it takes half a minute
  beforeAll(async () => {
    suite = (await hostCodename()) ?? 'stable'
    const live = { signal: new AbortController().signal, progress: (event: ProgressEvent) => void events.push(event) }
    found = await debianSource(host).resolve(`${suite}/minimal`, live)
    if (!found) throw new Error('not resolved')
    built = await buildRootfs(copied(found.layers(live), tar), image, live)
  }, 300_000)

  test('becomes a rootfs without an init', () => {
    expect(found?.name).toBe(`debian-${suite}-minimal`)
    expect(built).toMatchObject({ init: '', os: { id: 'debian' } })
    expect(events.some(({ id, state }) => id === 'debian:download' && state === 'done')).toBe(true)
    expect(e2fsck(image)).toBe('')
  })

  test.skipIf(unpackObstacle)(
    `in layers that umoci makes of what Debian's own tools change, is pulled as umoci unpacks it (${unpackObstacle || way})`,
    async () => {
      const layout = join(folder, 'layout')
      const tag = `${layout}:debian`
      const umoci = (...args: string[]) => execFileSync('umoci', args, { stdio: 'pipe' })
      umoci('init', '--layout', layout)
      umoci('new', '--image', tag)
      umoci('raw', 'add-layer', '--image', tag, tar)
      addChangedLayer(umoci, tag, join(folder, 'bundle'), [
        'dpkg --purge --force-all tzdata',
        'useradd --create-home --uid 100000 worker',
        'dpkg-divert --local --rename --add /usr/bin/tac',
        'chmod u+s /usr/bin/id',
        'mv /etc/skel /etc/skeleton',
        // umoci says of all that was in it that it is gone, behind the symlink
        'rm -r /var/lib/apt/lists && ln -s /var/tmp /var/lib/apt/lists',
      ])
      mkdirSync(join(folder, 'opt'))
      umoci('insert', '--image', tag, '--opaque', join(folder, 'opt'), '/usr/share/bash-completion')

      umoci('raw', 'unpack', '--image', tag, join(folder, 'unpacked'))
      const pulled = await pull(banger, `oci-layout:${tag}`, 'debian')
      expect(e2fsck(pulled)).toBe('')
      const expected = listFolder(join(folder, 'unpacked'), { countLinks: true })
      for (const [path, isThere] of Object.entries({
        '/etc/skel': false,
        '/etc/skeleton/.profile': true,
        '/home/worker/.profile': true,
      }))
        expect(expected.has(path)).toBe(isThere)
      expect(differences(expected, listPulled(pulled))).toEqual([])
    },
  )
})

/** Why nothing can be bootstrapped here, '' when it can. */
async function findObstacle(): Promise<string> {
  if (spawnSync('mmdebstrap', ['--version']).status !== 0) return 'mmdebstrap is missing'
  const { name, detail } = await chooseMode(host, userInfo())
  return name ? '' : detail
}

/** Runs commands inside the image, and has umoci find what they changed. */
function addChangedLayer(umoci: (...args: string[]) => void, tag: string, bundle: string, commands: string[]): void {
  umoci('unpack', '--image', tag, bundle)
  execFileSync('chroot', [join(bundle, 'rootfs'), 'sh', '-euc', commands.join('\n')], { stdio: 'pipe' })
  umoci('repack', '--image', tag, bundle)
}

/** The layers, the only one of which goes to a file, too. */
async function* copied(layers: AsyncIterable<Readable>, file: string): AsyncGenerator<Readable> {
  for await (const layer of layers) {
    const copy = new PassThrough()
    const written = pipeline(copy, createWriteStream(file))
    yield Readable.from(tee(layer, copy), { objectMode: false })
    await written
  }
}

async function* tee(source: Readable, copy: PassThrough): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    if (!copy.write(chunk)) await new Promise((resolve) => copy.once('drain', resolve))
    yield chunk as Buffer
  }
  copy.end()
}
