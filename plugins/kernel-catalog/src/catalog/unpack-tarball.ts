import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, type Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { KernelFiles } from '@banger/core'
import { extract, type Header } from 'tar-stream'

/** Bytes that a tarball may unpack to. */
const largestContent = 4 * 1024 ** 3
const mostEntries = 100_000
/** Links that the kernel's build leaves in a module folder; they lead out of it and are of no use. */
const buildLinks = /^modules\/[^/]+\/(build|source)$/

/**
 * Unpacks a catalog's tarball: `vmlinux` or `vmlinuz`, `config`, `initrd` and `modules/…`; whatever else lies in it is passed over.
 * @param url tells the compression by its ending: .tar, .tar.gz, .tgz or .tar.zst
 * @throws Error with a message for people
 */
export async function unpackTarball(file: string, url: string, dir: string, signal: AbortSignal): Promise<KernelFiles> {
  const unpacker = extract()
  const reading = pipeline(createReadStream(file), decoderFor(url), unpacker, { signal })
  const names = new Set<string>()
  let bytes = 0
  let entries = 0
  const writing = (async () => {
    for await (const entry of unpacker) {
      const { header } = entry
      bytes += header.size ?? 0
      if (bytes > largestContent) throw new Error(`it unpacks to more than ${largestContent} bytes`)
      if (++entries > mostEntries) throw new Error(`it has more than ${mostEntries} entries`)
      const name = wantedName(header)
      if (!name || header.type !== 'file') {
        entry.resume()
        continue
      }
      await mkdir(dirname(join(dir, name)), { recursive: true })
      await pipeline(entry as unknown as Readable, createWriteStream(join(dir, name), { flags: 'wx', mode: 0o644 }), { signal })
      names.add(name.startsWith('modules/') ? 'modules' : name)
    }
  })()
  // Whichever ends badly ends the other.
  writing.catch((error: Error) => unpacker.destroy(error))
  const [wrote, read] = await Promise.allSettled([writing, reading])
  if (wrote.status === 'rejected') throw wrote.reason
  if (read.status === 'rejected') throw read.reason
  const kernel = ['vmlinux', 'vmlinuz'].find((name) => names.has(name))
  if (!kernel) throw new Error('it holds no vmlinux and no vmlinuz')
  const optional = (name: string): string | undefined => (names.has(name) ? join(dir, name) : undefined)
  return compact({
    kernel: join(dir, kernel),
    modules: optional('modules'),
    config: optional('config'),
    initrd: optional('initrd'),
  })
}

function decoderFor(url: string): Transform {
  const { pathname } = new URL(url, 'file:///')
  if (/\.(tar\.gz|tgz)$/.test(pathname)) return createGunzip()
  if (pathname.endsWith('.tar.zst')) return createZstdDecompress()
  if (pathname.endsWith('.tar')) return new PassThrough()
  throw new Error('it is no .tar, .tar.gz or .tar.zst')
}

/**
 * @returns the entry's place in the folder, or undefined when it is not wanted
 * @throws Error when the entry could reach outside the folder
 */
function wantedName({ name, type }: Header): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (name.startsWith('/') || parts.includes('..') || name.includes('\0'))
    throw new Error(`its entry "${name}" leads out of the folder`)
  const path = parts.join('/')
  if (!/^(vmlinux|vmlinuz|config|initrd)$/.test(path) && !path.startsWith('modules/')) return undefined
  if (type === 'symlink' && buildLinks.test(path)) return undefined
  if (type !== 'file' && type !== 'directory')
    throw new Error(`its entry "${name}" is a ${type}; only files and folders are taken`)
  return path
}

function compact(files: { [K in keyof KernelFiles]: KernelFiles[K] | undefined } & { kernel: string }): KernelFiles {
  return Object.fromEntries(Object.entries(files).filter(([, path]) => path !== undefined)) as unknown as KernelFiles
}
