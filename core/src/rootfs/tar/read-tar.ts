import { InvalidImage, showName } from '../invalid-image.ts'
import { settleAcls } from './acl.ts'
import { ByteReader } from './byte-reader.ts'
import type { EntryType, TarEntry } from './entry.ts'
import { blockSize, parseHeader, type Header } from './header.ts'
import { parseDecimal, parsePax, parseTime } from './pax.ts'
import { readGnuSparse, readPaxSparse } from './sparse.ts'
import { xattrOf } from './xattrs.ts'

/** Bytes of extended headers and long names before one member: more is an attack on memory, not a name (Go's limit, too). */
const maxExtension = 1 << 20
/** Bytes of the extended headers that count for all members. */
const maxGlobal = 1 << 16

const types: Record<string, EntryType | undefined> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  D: 'directory',
  '6': 'fifo',
}

type Records = [string, Buffer][]

/**
 * Reads the members of a tar one after the other, in constant memory: v7, ustar, pax and GNU, with sparse files, long names,
 * large numbers and extended attributes. Names stay bytes. Every method may throw InvalidImage.
 */
export class TarReader {
  readonly #reader: ByteReader
  #global: Records = []
  #globalBytes = 0
  /** Bytes of extended headers since the last member. */
  #extended = 0
  /** Bytes of the present member not read yet, and the padding after it. */
  #left = 0
  #padding = 0
  #name = ''

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#reader = new ByteReader(source)
  }

  /** The next member, or undefined at the end. What is left of the one before is passed over. */
  async next(): Promise<TarEntry | undefined> {
    await this.copyData(() => {})
    this.#extended = 0
    let local: Records = []
    let longName: string | undefined
    let longLink: string | undefined
    for (;;) {
      const block = this.#reader.readNow(blockSize) ?? (await this.#reader.read(blockSize))
      const header = block.length === 0 ? undefined : this.#parse(block)
      if (!header) {
        if (local.length > 0 || longName !== undefined || longLink !== undefined) {
          throw new InvalidImage('the tar ends between an extended header and its member')
        }
        await this.#reader.drain()
        return undefined
      }
      if (header.flag === 'x' || header.flag === 'X') local = local.concat(parsePax(await this.#extension(header)))
      else if (header.flag === 'g') this.#global = this.#global.concat(parsePax(await this.#globalExtension(header)))
      else if (header.flag === 'L') longName = cString(await this.#extension(header))
      else if (header.flag === 'K') longLink = cString(await this.#extension(header))
      else if (header.flag === 'V') await this.#extension(header)
      else return this.#entry(header, block, longName, longLink, this.#global.length ? this.#global.concat(local) : local)
    }
  }

  /** Hands out the stored bytes of the present member. A promise that `sink` returns is waited for. */
  async copyData(sink: (piece: Buffer) => void | Promise<void>): Promise<void> {
    const [left, padding] = [this.#left, this.#padding]
    this.#left = 0
    this.#padding = 0
    if (left > 0) await this.#reader.copy(left, sink, showName(this.#name))
    // the last member's may be missing: umoci insert writes no end
    if (padding > 0 && !this.#reader.readNow(padding)) await this.#reader.read(padding)
  }

  #parse(block: Buffer): Header | undefined {
    if (block.length < blockSize) throw new InvalidImage('the tar ends in the middle of a header')
    return parseHeader(block)
  }

  async #globalExtension(header: Header): Promise<Buffer> {
    this.#globalBytes += header.size
    if (this.#globalBytes > maxGlobal) throw new InvalidImage('the tar has a global extended header that is too large')
    return this.#extension(header)
  }

  async #extension(header: Header): Promise<Buffer> {
    this.#extended += header.size
    if (this.#extended > maxExtension) throw new InvalidImage('the tar has an extended header that is too large')
    const body = await this.#reader.read(header.size + padded(header.size))
    if (body.length < header.size) throw new InvalidImage('the tar ends in the middle of an extended header')
    return body.subarray(0, header.size)
  }

  async #entry(
    header: Header,
    block: Buffer,
    longName: string | undefined,
    longLink: string | undefined,
    records: Records,
  ): Promise<TarEntry> {
    const type = types[header.flag]
    if (!type) throw new InvalidImage(`the tar has a member of the unknown type "${showName(header.flag)}"`)
    const entry: TarEntry = {
      path: longName ?? header.name,
      type,
      mode: header.mode & 0o7777,
      uid: header.uid,
      gid: header.gid,
      mtime: { seconds: header.mtime, nanoseconds: 0 },
      size: header.size,
      stored: 0,
      target: longLink ?? header.linkName,
      device: { major: header.major, minor: header.minor },
    }
    for (const [key, value] of records) applyRecord(entry, key, value)
    // tars from before ustar know folders by the slash at the end of their names
    if (header.flag === '0' && entry.path.endsWith('/')) entry.type = 'directory'
    this.#name = entry.path
    if (entry.xattrs) settleAcls(entry)
    if (entry.type !== 'file') {
      entry.size = 0
      return entry
    }
    entry.stored = entry.size
    await this.#sparse(entry, header.flag, block, records)
    return entry
  }

  async #sparse(entry: TarEntry, flag: string, block: Buffer, records: Records): Promise<void> {
    const inTar = entry.stored
    const map = flag === 'S' ? await readGnuSparse(block, this.#reader) : await readPaxSparse(records, inTar, this.#reader)
    this.#padding = padded(inTar)
    this.#left = inTar - (map?.consumed ?? 0)
    if (!map) return
    const stored = map.segments.reduce((sum, { length }) => sum + length, 0)
    if (stored > this.#left) throw new InvalidImage(`the tar has a sparse file with too little data: ${showName(entry.path)}`)
    Object.assign(entry, { size: map.size, stored, segments: map.segments, path: map.name ?? entry.path })
  }
}

/** Later records win, so that a member's own come after the global ones. An empty value takes a record back. */
function applyRecord(entry: TarEntry, key: string, value: Buffer): void {
  const xattr = xattrOf(key, value)
  if (xattr) {
    entry.xattrs ??= new Map()
    entry.xattrs.set(xattr.name, xattr.value)
  } else if (value.length === 0) return
  else if (key === 'path') entry.path = value.toString('latin1')
  else if (key === 'linkpath') entry.target = value.toString('latin1')
  else if (key === 'size') entry.size = parseDecimal(value.toString('latin1'), 'size')
  else if (key === 'uid') entry.uid = parseDecimal(value.toString('latin1'), 'uid')
  else if (key === 'gid') entry.gid = parseDecimal(value.toString('latin1'), 'gid')
  else if (key === 'mtime') entry.mtime = parseTime(value.toString('latin1'))
  else if (key === 'SCHILY.devmajor') entry.device.major = parseDecimal(value.toString('latin1'), 'device number')
  else if (key === 'SCHILY.devminor') entry.device.minor = parseDecimal(value.toString('latin1'), 'device number')
}

function padded(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}
