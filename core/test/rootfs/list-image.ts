import { closeSync, openSync, readSync } from 'node:fs'
import { debugfs } from './debugfs.ts'
import { ContentDigest, digestBlock, type Listed, type Listing, normalXattrs } from './listing.ts'

const types: Record<string, Listed['type']> = {
  'regular': 'file',
  'directory': 'directory',
  'symlink': 'symlink',
  'character special': 'character',
  'block special': 'block',
  'FIFO': 'fifo',
  'socket': 'socket',
}

/** The tree in an ext4 file (blocks of 4 KiB) as debugfs shows it: without mounting it, so that every user and machine can. */
export function listImage(image: string): Listing {
  const paths = listNames(image)
  const inodes = readInodes(image, [...new Set(paths.values())])
  return new Map([...paths].map(([path, inode]) => [path, inodes.get(inode) as Listed]))
}

/** Inode numbers by path. `ls -p` prints `/inode/mode/uid/gid/name/size/`; one call for each level of the tree. */
function listNames(image: string): Map<string, number> {
  const paths = new Map([['/', 2]])
  for (let level: [string, number][] = [['', 2]]; level.length > 0; ) {
    const below: [string, number][] = []
    const commands = level.map(([, inode]) => `ls -p <${inode}>`)
    for (const [folder, text] of debugfs(image, commands).split('debugfs: ls -p ').slice(1).entries()) {
      for (const [, inode, mode, name] of text.matchAll(/^\/(\d+)\/(\d{6})\/[\d-]+\/[\d-]+\/([^/]+)\/\d*\/$/gms)) {
        if (name === '.' || name === '..') continue
        const path = `${level[folder]?.[0]}/${name}`
        paths.set(path, Number(inode))
        if (mode?.startsWith('04')) below.push([path, Number(inode)])
      }
    }
    level = below
  }
  return paths
}

function readInodes(image: string, numbers: number[]): Map<number, Listed> {
  const texts = debugfs(
    image,
    numbers.map((number) => `stat <${number}>`),
  ).split('debugfs: stat ')
  const found = texts.slice(1).map((text) => parseStat(text))
  const xattrs = readXattrs(image, found)
  const file = openSync(image, 'r')
  try {
    return new Map(found.map((stat) => [stat.inode, complete(stat, xattrs.get(stat.inode) ?? [], file)]))
  } finally {
    closeSync(file)
  }
}

interface Extent {
  logical: number
  count: number
  physical: number
}

interface Stat extends Omit<Listed, 'xattrs' | 'digest'> {
  xattrNames: string[]
  extents: Extent[]
}

function parseStat(text: string): Stat {
  const field = (pattern: RegExp) => pattern.exec(text)?.[1] ?? ''
  const inode = Number(field(/Inode: (\d+)/))
  const type = types[field(/Type: (.*?) +Mode:/)]
  const [, seconds = '', extra = ''] = /^ mtime: 0x(\w+):(\w+)/m.exec(text) ?? []
  if (!type) throw new Error(`debugfs says of an inode: ${text}`)
  const sized = type === 'file' || type === 'symlink'
  const [, major = '', minor = ''] = /Device major\/minor number: (\d+):(\d+)/.exec(text) ?? []
  return {
    inode,
    type,
    mode: Number.parseInt(field(/Mode: +(\d+)/), 8),
    uid: Number(field(/User: +(-?\d+)/)) >>> 0,
    gid: Number(field(/Group: +(-?\d+)/)) >>> 0,
    size: sized ? Number(field(/Size: (\d+)/)) : 0,
    mtime: timeOf(Number.parseInt(seconds, 16), Number.parseInt(extra, 16)),
    links: Number(field(/Links: (\d+)/)),
    target: field(/^Fast link dest: "(.*)"$/ms),
    device: type === 'character' || type === 'block' ? `${Number(major)}:${Number(minor)}` : '',
    xattrNames: [...field(/^Extended attributes:\n((?: {2}.*\n)*)/m).matchAll(/^ {2}(.*?) \(\d+\)/gm)].map(
      ([, name = '']) => name,
    ),
    extents: extentsOf(field(/^EXTENTS:\n(.*)$/m)),
  }
}

/** 32 bits with a sign, then two more of the seconds below the nanoseconds. */
function timeOf(seconds: number, extra: number): bigint {
  return BigInt((seconds | 0) + (extra & 3) * 2 ** 32) * 1_000_000_000n + BigInt(extra >>> 2)
}

/** `(0-2):129-131, (ETB0):140, (7):200` */
function extentsOf(text: string): Extent[] {
  return [...text.matchAll(/\((\d+)(?:-(\d+))?\):(\d+)/g)].map(([, first, last, physical]) => ({
    logical: Number(first),
    count: Number(last ?? first) - Number(first) + 1,
    physical: Number(physical),
  }))
}

function complete({ xattrNames: _, extents, ...stat }: Stat, xattrs: [string, Buffer][], file: number): Listed {
  return {
    ...stat,
    xattrs: normalXattrs(xattrs),
    target: stat.type === 'symlink' && extents.length > 0 ? readBlocks(file, extents, stat.size).toString('latin1') : stat.target,
    digest: stat.type === 'file' ? digestOf(file, extents, stat.size) : '',
  }
}

/** The whole of something small. */
function readBlocks(file: number, extents: Extent[], size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (const { logical, count, physical } of extents) {
    const start = logical * digestBlock
    readSync(file, bytes, start, Math.min(count * digestBlock, size - start), physical * digestBlock)
  }
  return bytes
}

function digestOf(file: number, extents: Extent[], size: number): string {
  const digest = new ContentDigest()
  const block = Buffer.alloc(digestBlock)
  for (const { logical, count, physical } of extents) {
    for (let index = 0; index < count; index++) {
      const length = Math.min(digestBlock, size - (logical + index) * digestBlock)
      readSync(file, block, 0, digestBlock, (physical + index) * digestBlock)
      digest.add(logical + index, block.subarray(0, length))
    }
  }
  return digest.end()
}

/** `ea_get -x` prints `name (length) = 00 01 …`, or `name (0)`. */
function readXattrs(image: string, stats: Stat[]): Map<number, [string, Buffer][]> {
  const wanted = stats.flatMap(({ inode, xattrNames }) => xattrNames.map((name) => ({ inode, name })))
  const texts = debugfs(
    image,
    wanted.map(({ inode, name }) => `ea_get -x <${inode}> ${name}`),
  ).split('debugfs: ea_get ')
  const found = new Map<number, [string, Buffer][]>()
  for (const [index, { inode, name }] of wanted.entries()) {
    const [, length, hex = ''] =
      /^.* \((\d+)\)(?: = ([0-9a-f ]*))?$/m.exec(texts[index + 1]?.slice(texts[index + 1]?.indexOf('\n')) ?? '') ?? []
    const value = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    if (value.length !== Number(length)) throw new Error(`debugfs says of ${name}: ${texts[index + 1]}`)
    found.set(inode, [...(found.get(inode) ?? []), [name, value]])
  }
  return found
}
