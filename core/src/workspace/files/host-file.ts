import { type BigIntStats, lstatSync } from 'node:fs'

/** A file or link of the host as it is to be in the guest. */
export interface HostFile {
  /** Where it is to be, relative to the workspace; bytes, one character each (latin1). */
  path: string
  /** Where it lies. */
  source: Buffer
  kind: 'file' | 'link'
  /** The nine permission bits. */
  mode: number
  /** Bytes. */
  size: number
  /** Nanoseconds since 1970. */
  modified: bigint
  /** Changes whenever the file may have: nobody but the kernel sets the time of change (ctime). */
  stamp: string
  /** Whether the stamp is sure to change with the file. One that was changed just now may be once more in the same tick of the clock. */
  steady: boolean
}

/** Nanoseconds in which a file may change without its times showing it; generous, since filesystems differ. */
const uncertain = 1_000_000_000n

/** An absolute path below a folder, as bytes. @param name bytes, one character each (latin1) */
export function sourceOf(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')])
}

/** The file as it is now; undefined when it is none, and no link. @throws but for ENOENT and ENOTDIR */
export function statFile(path: string, source: Buffer): HostFile | undefined {
  try {
    return fileOf(path, source, lstatSync(source, { bigint: true }))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

export function fileOf(path: string, source: Buffer, stats: BigIntStats): HostFile | undefined {
  const kind = stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'link' : undefined
  if (!kind) return undefined
  const { ino, ctimeNs, mtimeNs, size, mode } = stats
  return {
    path,
    source,
    kind,
    mode: Number(mode) & 0o777,
    size: Number(size),
    modified: mtimeNs,
    stamp: [ino, ctimeNs, mtimeNs, size, mode].map((part) => part.toString(36)).join('.'),
    steady: BigInt(Date.now()) * 1_000_000n - ctimeNs > uncertain,
  }
}
