import { createHash } from 'node:crypto'
import { rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { fail, isError } from '../errors.ts'
import type { OsRelease } from '../hooks/distro.ts'
import type { Progress } from '../hooks/progress.ts'
import { BlockAllocator } from './ext4/block-allocator.ts'
import { BlockWriter } from './ext4/block-writer.ts'
import { finishFilesystem } from './ext4/finish-filesystem.ts'
import { writeFile } from './ext4/write-file.ts'
import { findInit } from './find-init.ts'
import { InvalidImage } from './invalid-image.ts'
import { readOsRelease } from './os-release.ts'
import { TarReader } from './tar/read-tar.ts'
import { LayerTree } from './tree/layer-tree.ts'
import { nodeTree } from './tree/node-tree.ts'

export interface BuildOptions {
  signal: AbortSignal
  progress: Progress
  /** Bytes of all layers, where known: an estimate, for progress. */
  size?: number
  /** What the layers are of, for messages: `file:/srv/rootfs.tar`. */
  source?: string
  /** Bytes that it may have at most. Default: 2 TiB, the most that it can. */
  maxSize?: number
  /** Members that all layers may have at most, since the tree is kept in memory. Default: two million. */
  maxEntries?: number
  /** Whether members may have absolute paths, which count from the root then. They are refused otherwise. */
  absolutePaths?: boolean
}

export interface BuiltRootfs {
  /** sha256 of the file: `sha256:…`. The same layers always give the same. */
  digest: string
  /** Bytes of the file. */
  size: number
  /** Members of all layers. */
  entries: number
  os?: OsRelease
  /** Path of its init, or '' when it has none. */
  init: string
}

/**
 * Merges tar layers into one ext4 file, in one pass, without root, mounts or an unpacked tree: contents go to the disk as they
 * come, the tree stays in memory, and its inodes and folders are written at the end.
 * @param layers uncompressed tars, lowest first; OCI whiteouts count
 * @param output the file to make; the caller renames it to where it belongs. It is on the disk (fsync) when this resolves
 * @throws image.invalid, disk.full, aborted, or what a layer's stream fails with; the output is removed then
 */
export async function buildRootfs(layers: AsyncIterable<Readable>, output: string, options: BuildOptions): Promise<BuiltRootfs> {
  const writer = await create(output)
  let at = 0
  try {
    const allocator = new BlockAllocator(options.maxSize === undefined ? undefined : Math.floor(options.maxSize / 4096))
    const maxEntries = options.maxEntries ?? 2_000_000
    const tree = new LayerTree({
      dropped: (node) => {
        for (const { physical, count } of node.extents) allocator.release(physical, count)
      },
      maxNames: maxEntries,
      absolutePaths: options.absolutePaths ?? false,
    })
    const report = reporter(options.progress, options.size)
    let entries = 0
    for await (const layer of layers) {
      at++
      if (at > 1) tree.nextLayer()
      entries += await addLayer(addAbortSignal(options.signal, layer), tree, allocator, writer, report, maxEntries - entries)
      options.signal.throwIfAborted()
    }
    if (entries === 0) throw new InvalidImage('it holds no files')
    const size = await finishFilesystem(tree.root, allocator, writer)
    const [digest] = await Promise.all([sha256(writer.file, size, options.signal), writer.file.sync()])
    const view = nodeTree(tree.root, writer.file)
    const os = await readOsRelease(view)
    const result = { digest, size, entries, ...(os ? { os } : {}), init: await findInit(view) }
    report.done(size)
    return result
  } catch (error) {
    await writer.settle()
    await rm(output, { force: true })
    throw explain(error, output, options.signal, options.source ?? 'given', at)
  } finally {
    await writer.file.close()
  }
}

async function create(output: string): Promise<BlockWriter> {
  try {
    return await BlockWriter.create(output)
  } catch (error) {
    throw explain(error, output)
  }
}

async function addLayer(
  layer: Readable,
  tree: LayerTree,
  allocator: BlockAllocator,
  writer: BlockWriter,
  report: Reporter,
  maxEntries: number,
): Promise<number> {
  const tar = new TarReader(layer)
  let entries = 0
  try {
    for (let entry = await tar.next(); entry; entry = await tar.next()) {
      if (++entries > maxEntries) throw new InvalidImage('it holds more files than are allowed')
      const file = tree.apply(entry)
      if (file) await writeFile(entry, file, tar, allocator, writer)
      report.add(entry.stored)
    }
  } finally {
    // whoever still writes to it is told that nobody listens
    layer.destroy()
  }
  return entries
}

interface Reporter {
  add(bytes: number): void
  done(bytes: number): void
}

function reporter(progress: Progress, total: number | undefined): Reporter {
  const step = { id: 'rootfs', message: 'Writing the root filesystem', unit: 'bytes' } as const
  let current = 0
  let shown = 0
  return {
    add(bytes) {
      current += bytes
      if (current - shown < 1 << 23) return
      shown = current
      progress({ ...step, state: 'running', current, ...(total && total > current ? { total } : {}) })
    },
    done: (bytes) => progress({ ...step, state: 'done', current: bytes, total: bytes }),
  }
}

async function sha256(file: FileHandle, size: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const buffers = [Buffer.allocUnsafe(1 << 20), Buffer.allocUnsafe(1 << 20)] as const
  const read = async (index: number, at: number) => {
    const buffer = buffers[index % 2 === 0 ? 0 : 1]
    return buffer.subarray(0, (await file.read(buffer, 0, buffer.length, at)).bytesRead)
  }
  let next = read(0, 0)
  for (let at = 0, index = 1; at < size; index++) {
    signal.throwIfAborted()
    const bytes = await next
    if (bytes.length === 0) break
    at += bytes.length
    next = read(index, at)
    hash.update(bytes)
  }
  await next
  return `sha256:${hash.digest('hex')}`
}

function explain(error: unknown, output: string, signal?: AbortSignal, source = '', layer = 0): unknown {
  if (isError(error)) return error
  if (signal?.aborted) return fail('aborted', { what: 'Building the root filesystem' }, error)
  if (error instanceof InvalidImage) {
    const advice = error.advice ?? 'Nothing of it was kept. It has to be made anew, by a usual tool.'
    return fail(
      'image.invalid',
      { path: layer > 1 ? `${source} (layer ${layer})` : source, reason: error.message, advice },
      error,
    )
  }
  const code = error instanceof Error && 'code' in error ? error.code : ''
  const folder = dirname(output)
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail('disk.full', { folder }, error)
  if (code === 'EACCES' || code === 'EROFS') {
    return fail('state.unwritable', { folder, reason: String(code), variable: 'XDG_STATE_HOME' }, error)
  }
  return error
}
