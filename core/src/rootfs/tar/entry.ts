export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo'

/** Seconds since 1970 (may be negative) and nanoseconds on top of them. */
export interface Time {
  seconds: number
  nanoseconds: number
}

/** A piece of a sparse file that holds data. Bytes. */
export interface Segment {
  offset: number
  length: number
}

/** One member of a tar. Names are bytes: one character each (latin1), never decoded. */
export interface TarEntry {
  path: string
  type: EntryType
  /** Permission bits with setuid, setgid and sticky: `0o7777` at most. */
  mode: number
  uid: number
  gid: number
  mtime: Time
  /** Bytes of the file as a reader sees it, holes included. 0 for what is no file. */
  size: number
  /** Bytes that the tar carries for it; `TarReader.copyData` hands them out. */
  stored: number
  /** Where the stored bytes belong, when the file has holes. In order, not overlapping. */
  segments?: Segment[]
  /** Target of a symlink or hardlink. */
  target: string
  device: { major: number; minor: number }
  xattrs?: Map<string, Buffer>
}
