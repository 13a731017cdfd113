import { createHash } from 'node:crypto'

/** What a filesystem keeps of one name, but for the times of the last access and change. */
export interface Listed {
  type: 'file' | 'directory' | 'symlink' | 'character' | 'block' | 'fifo' | 'socket'
  /** Permissions with setuid, setgid and sticky. */
  mode: number
  uid: number
  gid: number
  /** Of files and symlinks, in bytes; 0 for the rest. */
  size: number
  /** Nanoseconds since 1970. */
  mtime: bigint
  links: number
  /** Of a symlink. */
  target: string
  /** `<major>:<minor>`, or ''. */
  device: string
  /** Values in hexadecimal, by name, sorted. */
  xattrs: Record<string, string>
  /** Of a file's contents, or ''. */
  digest: string
  /** Names of one file have the same. */
  inode: number
}

/** By path from the root, which is `/`. Names are bytes, one character each (latin1). */
export type Listing = Map<string, Listed>

/**
 * Where two trees differ, one line for each name, '' lines left out: nothing when both are the same in all that a `Listed` says,
 * inode numbers aside: those must only be shared by the same names.
 */
export function differences(expected: Listing, actual: Listing): string[] {
  const [left, right] = [describeAll(expected), describeAll(actual)]
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort()
  return paths
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => `${path}\n  expected ${left.get(path) ?? 'nothing'}\n  but got  ${right.get(path) ?? 'nothing'}`)
}

function describeAll(listing: Listing): Map<string, string> {
  const first = new Map<number, string>()
  return new Map(
    [...listing.keys()].sort().map((path) => {
      const listed = listing.get(path) as Listed
      if (!first.has(listed.inode)) first.set(listed.inode, path)
      return [path, describe(listed, first.get(listed.inode) as string)]
    }),
  )
}

function describe(listed: Listed, sameAs: string): string {
  const { type, mode, uid, gid, size, mtime, links, target, device, xattrs, digest } = listed
  const values = Object.entries(xattrs).map(([name, value]) => `${name}=${value}`)
  const what = [type, mode.toString(8), `${uid}:${gid}`, `${size} bytes`, `${mtime} ns`, `${links} links`, `is ${sameAs}`]
  return [...what, device && `device ${device}`, target && `to ${target}`, digest, ...values].filter(Boolean).join(', ')
}

/** Bytes that a file's digest is made of at a time. */
export const digestBlock = 4096

/** The digest of a file's contents that does not see whether zeros are kept as zeros or as a hole. Blocks come in order. */
export class ContentDigest {
  readonly #hash = createHash('sha256')

  /** @param index place of the block in the file, in blocks; the last one may be short */
  add(index: number, block: Buffer): void {
    if (isZero(block)) return
    this.#hash.update(`${index}:`).update(block)
  }

  end(): string {
    return this.#hash.digest('hex').slice(0, 32)
  }
}

const zeros = Buffer.alloc(1 << 20)

export function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeros.subarray(0, bytes.length))
}

const aclMark = 'system.posix_acl_'

/** Attributes as they are compared: sorted; ids of an access control list only where they mean something. */
export function normalXattrs(xattrs: [name: string, value: Buffer][]): Record<string, string> {
  const sorted = xattrs.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([name, value]) => [name, (name.startsWith(aclMark) ? normalAcl(value) : value).toString('hex')]),
  )
}

function normalAcl(value: Buffer): Buffer {
  for (let at = 4; at + 8 <= value.length; at += 8) {
    const tag = value.readUInt16LE(at)
    if (tag !== 0x02 && tag !== 0x08) value.writeUInt32LE(0xffffffff, at + 4)
  }
  return value
}
