import { Readable } from 'node:stream'
import type { AgentWorktree } from '../../guest/agent-worktree.ts'
import { encodeEntry, entryOf } from '../../guest/worktree-entry.ts'
import type { HostFile } from '../files/host-file.ts'
import { hashHostFile, readHostFile, startBlobHash } from '../files/read-file.ts'

/** Files being read at the same time, ahead of the one that is sent. */
const ahead = 16

/** Bytes up to which a file is read once, and sent from memory. */
const small = 256 * 1024

/** Bytes that are handed on at once. */
const pieceSize = 256 * 1024

/** What comes before the files. All paths are bytes, one character each (latin1). */
export interface Removals {
  /** Paths to be rid of, with all they hold. */
  absent: string[]
  /** Folders to remove if they are empty then; those inside others come first. */
  pruned: string[]
  /** Folders to be there. */
  folders: string[]
}

export interface Sent {
  /** The file as it was before it was read. */
  file: HostFile
  /** Name of the git blob with what was sent. */
  hash: string
  /** The guest's stamp. */
  guest: string
}

export interface SendOptions {
  hash: 'sha1' | 'sha256'
  readonly: boolean
  signal: AbortSignal
  /** Called with the bytes of each file as it goes out. */
  onSent(bytes: number): void
  /** Called with what each file holds, before it goes out. */
  onContent(path: string, hash: string, size: number, content: () => AsyncIterable<Buffer>): Promise<void>
}

/**
 * Sends files in one stream, each read once and hashed on the way.
 * @returns what was sent; files that are gone meanwhile are missing
 */
export async function sendFiles(
  worktree: AgentWorktree,
  folder: string,
  before: Removals,
  files: HostFile[],
  options: SendOptions,
): Promise<Sent[]> {
  const sent: Omit<Sent, 'guest'>[] = []
  const stream = Readable.from(inPieces(entries(before, files, sent, options)))
  const stamps = await worktree.write(folder, stream, { readonly: options.readonly, signal: options.signal })
  return sent.map((one, index) => ({ ...one, guest: stamps[index] ?? '' }))
}

async function* entries(
  before: Removals,
  files: HostFile[],
  sent: Omit<Sent, 'guest'>[],
  options: SendOptions,
): AsyncGenerator<Buffer> {
  const head = (kind: 'absent' | 'pruned' | 'folder', path: string) => Buffer.from(encodeEntry(entryOf(kind, path)), 'latin1')
  for (const path of before.absent) yield head('absent', path)
  for (const path of before.pruned) yield head('pruned', path)
  for (const path of before.folders) yield head('folder', path)
  for await (const loaded of loadAhead(files, options)) {
    if (!loaded) continue
    const { file, hash, content } = loaded
    sent.push({ file, hash })
    const { kind, mode, modified, size, path } = file
    yield Buffer.from(encodeEntry({ ...entryOf(kind, path), mode, modified, size }), 'latin1')
    yield* content
    options.onSent(size)
  }
}

interface Loaded {
  file: HostFile
  hash: string
  content: AsyncIterable<Buffer> | Buffer[]
}

async function* loadAhead(files: HostFile[], options: SendOptions): AsyncGenerator<Loaded | undefined> {
  const loading: Promise<Loaded | undefined>[] = []
  try {
    for (const file of files) {
      loading.push(load(file, options))
      if (loading.length >= ahead) yield await loading.shift()
    }
    while (loading.length > 0) yield await loading.shift()
  } finally {
    // Those not waited for any more must not fail unheard.
    await Promise.allSettled(loading)
  }
}

async function load(file: HostFile, options: SendOptions): Promise<Loaded | undefined> {
  const found = file.size <= small ? await loadSmall(file, options) : await loadLarge(file, options)
  return found
}

async function loadSmall(wanted: HostFile, options: SendOptions): Promise<Loaded | undefined> {
  const found = await readHostFile(wanted)
  if (!found) return undefined
  const { file } = found
  const pieces: Buffer[] = []
  const hasher = startBlobHash(options.hash, file.size)
  for await (const piece of found.content) {
    pieces.push(piece)
    hasher.update(piece)
  }
  const hash = hasher.digest('hex')
  await options.onContent(file.path, hash, file.size, async function* () {
    yield* pieces
  })
  return { file, hash, content: pieces }
}

/** Read twice, so that its hash is known before it goes out. */
async function loadLarge(wanted: HostFile, options: SendOptions): Promise<Loaded | undefined> {
  const hashed = await hashHostFile(wanted, options.hash)
  if (!hashed) return undefined
  const again = async function* (): AsyncGenerator<Buffer> {
    const found = await readHostFile(hashed.file)
    let left = hashed.file.size
    for await (const piece of found?.content ?? []) {
      yield piece.subarray(0, left)
      left -= Math.min(left, piece.length)
    }
    while (left > 0) {
      yield Buffer.alloc(Math.min(left, pieceSize))
      left -= Math.min(left, pieceSize)
    }
  }
  await options.onContent(hashed.file.path, hashed.hash, hashed.file.size, again)
  return { file: hashed.file, hash: hashed.hash, content: again() }
}

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = []
  let size = 0
  for await (const piece of source) {
    pieces.push(piece)
    size += piece.length
    if (size < pieceSize) continue
    yield Buffer.concat(pieces, size)
    pieces = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(pieces, size)
}
