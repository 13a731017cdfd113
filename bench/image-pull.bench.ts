import { createReadStream, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { startRegistry } from '../plugins/image-oci/test/real-registry.ts'
import { BenchHome } from './bench-home.ts'
import type { BenchFile } from './case.ts'
import { makeDebianImage, makeLargeImage } from './oci-images.ts'

/** A container image from a registry on loopback into a rootfs: a Debian of three layers, and one layer of 2 GiB. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = new BenchHome({ empty: true })
  const work = join(home.dir, 'bench')
  mkdirSync(work)
  const registry = await startRegistry(work)
  const debian = makeDebianImage(home, work)
  const large = makeLargeImage(home, work)
  for (const { layout, name } of [debian, large])
    skopeo(home, '--dest-tls-verify=false', `oci:${layout}`, `docker://${registry.host}/${name}`)
  home.run('daemon', 'start')

  const pull = (name: string) => async () => {
    const before = performance.now()
    home.run('image', 'pull', `${registry.host}/${name}`, '--name', 'pulled')
    const took = performance.now() - before
    home.run('image', 'delete', 'pulled')
    return took
  }
  const pullAnew = (name: string) => async () => {
    rmSync(join(home.dir, '.cache/banger/blobs'), { recursive: true, force: true })
    return pull(name)()
  }

  return {
    cases: [
      {
        name: 'image pull, nothing cached, against skopeo copy + umoci unpack + mkfs.ext4 -d',
        ours: pullAnew(debian.name),
        theirs: async () => byHand(home, `${registry.host}/${debian.name}`, join(work, 'by-hand')),
        runs: 2,
        aim: 0.33,
      },
      {
        name: "image pull, nothing cached, against inflating its layers with node's zlib",
        ours: pullAnew(debian.name),
        theirs: () => inflate(debian.layers),
        runs: 5,
        aim: 2,
      },
      {
        name: 'image pull, blobs cached, against the same with nothing cached',
        ours: pull(debian.name),
        theirs: pullAnew(debian.name),
        runs: 5,
        aim: 1,
      },
      {
        name: "the daemon's peak memory with a layer of 2 GiB, against 300 MiB",
        ours: async () => {
          home.run('daemon', 'stop')
          home.run('daemon', 'start')
          await pullAnew(large.name)()
          return peakMemory(home)
        },
        theirs: async () => 300,
        unit: 'MiB',
        runs: 1,
        aim: 1,
      },
    ],
    cleanUp: async () => {
      await registry.stop()
      home.close()
    },
  }
}

function skopeo(home: BenchHome, ...args: string[]): void {
  home.runProgram('skopeo', '--insecure-policy', 'copy', '--quiet', ...args)
}

/** What one runs without banger. @returns milliseconds, cleaning up left out */
function byHand(home: BenchHome, image: string, folder: string): number {
  mkdirSync(folder)
  const before = performance.now()
  skopeo(home, '--src-tls-verify=false', `docker://${image}`, `oci:${folder}/layout:x`)
  home.runProgram('umoci', 'unpack', '--image', `${folder}/layout:x`, `${folder}/bundle`)
  home.runProgram('mkfs.ext4', '-q', '-d', `${folder}/bundle/rootfs`, `${folder}/rootfs.ext4`, '1G')
  const took = performance.now() - before
  rmSync(folder, { recursive: true })
  return took
}

async function inflate(layers: string[]): Promise<undefined> {
  for (const layer of layers) {
    await pipeline(createReadStream(layer), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const _chunk of source);
    })
  }
}

/** MiB */
function peakMemory(home: BenchHome): number {
  const { pid } = JSON.parse(home.run('daemon', 'status', '--json')) as { pid: number }
  const kibibytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) / 1024
}
