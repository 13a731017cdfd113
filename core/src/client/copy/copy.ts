import { resolve as resolveHost } from 'node:path'
import { basename, join, resolve as resolveGuest } from 'node:path/posix'
import type { Readable, Writable } from 'node:stream'
import { fail, isError } from '../../errors.ts'
import type { FileStat } from '../../guest/messages.ts'
import type { Progress } from '../../hooks/progress.ts'
import type { DaemonClient } from '../daemon-client.ts'
import { writeThrough } from '../terminal/write-through.ts'
import type { CopyResult, CopySource } from './copy-entry.ts'
import { readTar, sendFile, sendTar, statGuest } from './guest-files.ts'
import { hostStat } from './host-stat.ts'
import type { Place } from './place.ts'
import { placeCopy } from './place-copy.ts'
import { readGuest } from './read-guest.ts'
import { readHost } from './read-host.ts'
import { writeHost } from './write-host.ts'
import { writeTar } from './write-tar.ts'

export interface CopyOptions {
  progress: Progress
  signal: AbortSignal
  stdin: Readable
  stdout: Writable
}

/**
 * Copies files and folders between this host and VMs, or from one VM to another.
 * @throws copy.refused, host.bad-path, guest.bad-path, disk.full, guest.disk-full, …
 */
export async function copy(client: DaemonClient, sources: Place[], target: Place, options: CopyOptions): Promise<CopyResult> {
  const total: CopyResult = { entries: 0, bytes: 0, leftOut: 0 }
  for (const source of sources) {
    const one = source.stream
      ? await copyStdin(client, target, options)
      : target.stream
        ? await copyToStdout(client, source, options)
        : await copyOne(client, source, target, { ...options, many: sources.length > 1 })
    total.entries += one.entries
    total.bytes += one.bytes
    total.leftOut += one.leftOut
  }
  return total
}

async function copyOne(
  client: DaemonClient,
  source: Place,
  target: Place,
  options: CopyOptions & { many: boolean },
): Promise<CopyResult> {
  const stat = await statSource(client, source)
  const isFolder = stat.type === 'folder'
  const placement = await placeCopy(
    { text: source.text, name: basename(absolute(source)), isFolder, contentsOnly: isFolder && /(^|\/)\.$/.test(source.path) },
    targetOf(client, target),
    options.many,
  )
  const onBytes = meter(`Copying ${source.text}`, stat, options.progress)
  const read = openSource(client, source, stat, options.signal)
  const written =
    target.vm === undefined
      ? await writeHost(read.entries, placement, { vm: source.vm ?? '', onBytes, signal: options.signal })
      : await writeGuest(client, target.vm, read, placement, onBytes, options.signal)
  return { ...written, leftOut: read.leftOut }
}

function openSource(client: DaemonClient, source: Place, stat: FileStat, signal: AbortSignal): CopySource {
  if (source.vm === undefined) return readHost(stat.path)
  return readGuest(readTar(client, source.vm, stat.path, signal), source.vm)
}

async function writeGuest(
  client: DaemonClient,
  vm: string,
  { entries }: CopySource,
  { folder, name }: { folder: string; name: string | undefined },
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{ entries: number; bytes: number }> {
  return sendTar(
    client,
    vm,
    folder,
    (write) =>
      writeTar(entries, name, async (bytes) => {
        await write(bytes)
        onBytes(bytes.length)
      }),
    signal,
  )
}

async function copyStdin(client: DaemonClient, target: Place, { stdin, progress, signal }: CopyOptions): Promise<CopyResult> {
  if ((await statOf(client, target, absolute(target)))?.type === 'folder')
    throw fail('copy.refused', { reason: `${target.text} is a folder.`, advice: 'Name the file that stdin becomes in it.' })
  const source = { text: 'stdin', name: 'stdin', isFolder: false, contentsOnly: false }
  const { folder, name } = await placeCopy(source, targetOf(client, target), false)
  const onBytes = meter('Copying stdin', undefined, progress)
  const answer = await sendFile(
    client,
    target.vm ?? '',
    join(folder, name ?? ''),
    async (write) => {
      for await (const chunk of stdin) {
        await write(chunk as Buffer)
        onBytes((chunk as Buffer).length)
      }
    },
    signal,
  )
  return { ...answer, leftOut: 0 }
}

async function copyToStdout(client: DaemonClient, source: Place, { stdout, progress, signal }: CopyOptions): Promise<CopyResult> {
  const stat = await statSource(client, source)
  if (stat.type !== 'file')
    throw fail('copy.refused', {
      reason: `${source.text} is a folder, and stdout takes the bytes of one file.`,
      advice: `For a tar of it: banger vm exec ${source.vm} -- tar -c -C ${stat.path} .`,
    })
  const onBytes = meter(`Copying ${source.text}`, stat, progress)
  // Whoever reads may have enough before the end.
  const enough = new AbortController()
  const outlet = writeThrough(stdout, () => enough.abort())
  const result: CopyResult = { entries: 1, bytes: 0, leftOut: 0 }
  try {
    const { entries } = openSource(client, source, stat, AbortSignal.any([signal, enough.signal]))
    for await (const entry of entries)
      await entry.content(async (piece) => {
        result.bytes += piece.length
        onBytes(piece.length)
        await outlet.write(piece)
      })
    await outlet.drained()
  } catch (error) {
    if (!enough.signal.aborted) throw error
  }
  return result
}

async function statSource(client: DaemonClient, source: Place): Promise<FileStat> {
  const stat = await statOf(client, source, absolute(source))
  const bad = (reason: string) =>
    fail(source.vm === undefined ? 'host.bad-path' : 'guest.bad-path', { path: source.text, reason })
  if (!stat) throw bad('there is no such file or folder.')
  if (/\/\.?$/.test(source.path) && stat.type !== 'folder') throw bad('it is no folder.')
  if (stat.type === 'link') throw bad('it is a link that leads nowhere.')
  if (stat.type === 'other') throw bad('it is no file and no folder.')
  return stat
}

function targetOf(client: DaemonClient, target: Place) {
  const stat = (path: string) => statOf(client, target, path)
  return { text: target.text, path: absolute(target), isFolder: /\/\.?$/.test(target.path), stat }
}

async function statOf(client: DaemonClient, place: Place, path: string): Promise<FileStat | undefined> {
  if (place.vm === undefined) return hostStat(path)
  return statGuest(client, place.vm, path).catch((error: unknown) => {
    if (isError(error, 'guest.bad-path')) return undefined
    throw error
  })
}

function absolute(place: Place): string {
  return place.vm === undefined ? resolveHost(place.path) : resolveGuest(place.path)
}

/** Reports bytes as they pass, ten times a second. */
function meter(message: string, stat: FileStat | undefined, progress: Progress): (bytes: number) => void {
  const total = stat?.type === 'file' ? { total: stat.size } : {}
  let current = 0
  let reported = 0
  return (bytes) => {
    current += bytes
    if (Date.now() - reported < 100) return
    reported = Date.now()
    progress({ id: 'copy', message, state: 'running', current, ...total, unit: 'bytes' })
  }
}
