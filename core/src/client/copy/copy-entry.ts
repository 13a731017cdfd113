import type { TarEntry } from '../../rootfs/tar/entry.ts'

/**
 * A file, folder or link on its way. Names are bytes, one character each (latin1): a file name need not be text.
 * `path`, and a hard link's `target`, are relative to what is copied, which itself is ''.
 */
export interface CopyEntry extends Pick<TarEntry, 'path' | 'mode' | 'mtime' | 'size' | 'target'> {
  type: 'file' | 'directory' | 'symlink' | 'hardlink'
  /** Hands out the `size` bytes of a file, once, before the next entry is asked for. */
  content(sink: (piece: Buffer) => Promise<void>): Promise<void>
}

export interface CopySource {
  /** Folders come before what they hold. */
  entries: AsyncIterable<CopyEntry>
  /** How many entries cannot be copied: devices, sockets and the like. Final when all entries have come. */
  readonly leftOut: number
}

export interface CopyResult {
  /** Files, folders and links. */
  entries: number
  /** Bytes of all files. */
  bytes: number
  leftOut: number
}
