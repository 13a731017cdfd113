import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import { fail, type Host, type ImageSource, identifyFile, layerOf, type ResolvedImage } from '@banger/core'
import { directoryTarArgs } from './directory-tar-args.ts'
import { isTar, readTar } from './read-tar.ts'

const whatToGive = 'Give an ext4 file, a folder, or a tar of a root filesystem.'

/** `file:/abs/path`: an ext4 file is used where it lies; a folder or a tar becomes a rootfs of banger's own. */
export function fileSource(host: Host): ImageSource {
  return {
    scheme: 'file',
    summary: 'file:<absolute path> of an ext4 file, a folder, or a tar (plain, gzip, zstd, xz)',
    // A reference without a scheme comes here, too; what is no absolute path is someone else's.
    resolve: async (path) => (isAbsolute(path) ? resolve(host, path) : undefined),
  }
}

async function resolve(host: Host, path: string): Promise<ResolvedImage> {
  const stats = await look(path)
  const image = { name: imageName(path), config: {} }
  if (stats.isDirectory()) {
    return {
      ...image,
      // what a folder holds is known when it has been read; until then every look at it counts as a new one
      digest: `folder:${path}@${new Date().toISOString()}`,
      async *layers({ signal }) {
        yield layerOf(host.stream('tar', directoryTarArgs(path), { signal, env: { LC_ALL: 'C' } }))
      },
    }
  }
  const { format, name } = await identifyFile(path)
  const digest = `${format}:${stats.size}:${stats.mtimeMs}:${path}`
  if (format === 'ext4') return { ...image, digest, rootfs: path, layers: nothing }
  if (!isTar(format)) throw fail('image.invalid', { path, reason: `it is ${name}`, advice: whatToGive })
  return {
    ...image,
    digest,
    ...(format === 'tar' ? { size: stats.size } : {}),
    async *layers({ signal }) {
      yield readTar(host, path, format, signal)
    },
  }
}

async function look(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw fail('image.invalid', { path, reason, advice: whatToGive }, error)
  }
}

/** `Debian_12.tar.gz` is `debian-12`. */
export function imageName(path: string): string {
  const stem = basename(path).replace(/\.(ext4|img|raw|tgz|tzst|txz|tar(\.\w+)?)$/i, '')
  const name = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return name || 'rootfs'
}

async function* nothing(): AsyncGenerator<never> {}
