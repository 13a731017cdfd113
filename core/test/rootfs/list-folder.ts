import { spawnSync } from 'node:child_process'
import { type BigIntStats, closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { env } from './debugfs.ts'
import { ContentDigest, digestBlock, isZero, type Listed, type Listing, normalXattrs } from './listing.ts'

const types = new Map<bigint, Listed['type']>([
  [0o100000n, 'file'],
  [0o040000n, 'directory'],
  [0o120000n, 'symlink'],
  [0o020000n, 'character'],
  [0o060000n, 'block'],
  [0o010000n, 'fifo'],
  [0o140000n, 'socket'],
])

/**
 * A tree as the kernel shows it.
 * @param options.countLinks counts folders' links instead of asking: some filesystems keep no count for them
 */
export function listFolder(root: string, options: { countLinks?: boolean } = {}): Listing {
  const listing: Listing = new Map()
  const xattrs = readXattrs(root)
  const pending = ['/']
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const listed = list(bytes(root + path), xattrs.get(path) ?? [])
    listing.set(path, listed)
    if (listed.type !== 'directory') continue
    const names = readdirSync(bytes(root + path), { encoding: 'buffer', withFileTypes: true })
    for (const entry of names) pending.push(`${path === '/' ? '' : path}/${entry.name.toString('latin1')}`)
    if (options.countLinks) listed.links = 2 + names.filter((entry) => entry.isDirectory()).length
  }
  return listing
}

function list(path: Buffer, xattrs: [string, Buffer][]): Listed {
  const stat = lstatSync(path, { bigint: true })
  const type = types.get(stat.mode & 0o170000n) ?? 'file'
  const sized = type === 'file' || type === 'symlink'
  return {
    type,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: sized ? Number(stat.size) : 0,
    mtime: stat.mtimeNs,
    links: Number(stat.nlink),
    target: type === 'symlink' ? readlinkSync(path, 'latin1') : '',
    device: type === 'character' || type === 'block' ? deviceOf(stat) : '',
    xattrs: normalXattrs(xattrs),
    digest: type === 'file' ? digestOf(path, stat) : '',
    inode: Number(stat.ino),
  }
}

/** As gnu_dev_major and gnu_dev_minor of the C library. */
function deviceOf({ rdev }: BigIntStats): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)
  return `${major}:${minor}`
}

const buffer = Buffer.allocUnsafe(256 * digestBlock)

function digestOf(path: Buffer, stat: BigIntStats): string {
  const file = openSync(path, 'r')
  const digest = new ContentDigest()
  try {
    for (const { start, end } of dataOf(path, stat)) {
      for (let at = start; at < end; ) {
        const piece = buffer.subarray(0, readSync(file, buffer, 0, Math.min(buffer.length, end - at), at))
        if (piece.length === 0) break
        for (let from = 0; !isZero(piece) && from < piece.length; from += digestBlock)
          digest.add((at + from) / digestBlock, piece.subarray(from, from + digestBlock))
        at += piece.length
      }
    }
    return digest.end()
  } finally {
    closeSync(file)
  }
}

/** Where a file's data lies, in bytes: all of it, or what filefrag says when it has large holes. */
function dataOf(path: Buffer, { size, blocks }: BigIntStats): { start: number; end: number }[] {
  const whole = [{ start: 0, end: Number(size) }]
  if (size < 1n << 26n || blocks * 512n * 2n > size) return whole
  const { stdout, status } = spawnSync('filefrag', ['-sv', `-b${digestBlock}`, path.toString('utf8')], { encoding: 'utf8', env })
  if (status !== 0) return whole
  return [...stdout.matchAll(/^ *\d+: +(\d+)\.\. +(\d+):/gm)].map(([, first, last]) => ({
    start: Number(first) * digestBlock,
    end: (Number(last) + 1) * digestBlock,
  }))
}

/** All attributes in a tree, by path, as getfattr shows them: names and odd bytes of paths are escaped (`\012`). */
function readXattrs(root: string): Map<string, [string, Buffer][]> {
  const args = ['--recursive', '--physical', '--no-dereference', '--match=-', '--dump', '--encoding=hex', '.']
  const { stdout, stderr, status } = spawnSync('getfattr', args, { cwd: root, encoding: 'latin1', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`getfattr failed: ${stderr}`)
  const all = new Map<string, [string, Buffer][]>()
  for (const record of stdout.split('\n\n').filter((text) => text !== '')) {
    const [head = '', ...lines] = record.split('\n')
    const path = `/${readEscapes(head.replace(/^# file: (\.$|\.\/)?/, ''))}`
    const values = lines.map((line): [string, Buffer] => {
      const [, name = '', value = ''] = /^(.*?)(?:=0x([0-9a-f]*))?$/.exec(line) ?? []
      return [readEscapes(name), Buffer.from(value, 'hex')]
    })
    // the host's own labels, which no image has
    all.set(
      path,
      values.filter(([name]) => name !== 'security.selinux'),
    )
  }
  return all
}

function readEscapes(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

function bytes(path: string): Buffer {
  return Buffer.from(path, 'latin1')
}
