import type { EntryType, TarEntry } from './entry.ts'
import { blockSize } from './header.ts'

/** What a member's header says. Names are bytes, one character each (latin1), as in TarEntry. */
export type HeaderFields = Pick<TarEntry, 'path' | 'type' | 'mode' | 'mtime' | 'size' | 'target'>

const flags: Partial<Record<EntryType, string>> = { file: '0', hardlink: '1', symlink: '2', directory: '5' }

/** What eleven octal digits can say. */
const largest = 0o77777777777

/** What ends a tar: two blocks of zeros. */
export const endOfTar = Buffer.alloc(2 * blockSize)

/**
 * The header of a member: POSIX ustar, behind an extended header where that cannot say all
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html). Everything belongs to root.
 */
export function encodeHeader(entry: HeaderFields): Buffer {
  const records = paxRecords(entry)
  const header = block(entry, flags[entry.type] ?? '0')
  if (records.length === 0) return header
  const extension = {
    path: 'extended-header',
    size: records.length,
    mode: 0o644,
    target: '',
    mtime: { seconds: 0, nanoseconds: 0 },
  }
  return Buffer.concat([block(extension, 'x'), records, padding(records.length), header])
}

/** What follows a member's content, so that the next header begins on a block. */
export function padding(size: number): Buffer {
  return endOfTar.subarray(0, (blockSize - (size % blockSize)) % blockSize)
}

function paxRecords({ path, target, size, mtime }: HeaderFields): Buffer {
  const records: string[] = []
  if (path.length > 100) records.push(record('path', path))
  if (target.length > 100) records.push(record('linkpath', target))
  if (size > largest) records.push(record('size', String(size)))
  if (mtime.seconds < 0 || mtime.seconds > largest || mtime.nanoseconds > 0) records.push(record('mtime', decimal(mtime)))
  return Buffer.from(records.join(''), 'latin1')
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length
  return `${length}${rest}`
}

function decimal({ seconds, nanoseconds }: TarEntry['mtime']): string {
  const total = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
  const size = total < 0n ? -total : total
  return `${total < 0n ? '-' : ''}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, '0')}`
}

function block({ path, mode, size, mtime, target }: Omit<HeaderFields, 'type'>, flag: string): Buffer {
  const header = Buffer.alloc(blockSize)
  header.write(path.slice(0, 100), 0, 'latin1')
  octal(header, mode, 100, 8)
  octal(header, 0, 108, 8)
  octal(header, 0, 116, 8)
  octal(header, Math.min(size, largest), 124, 12)
  octal(header, Math.min(Math.max(mtime.seconds, 0), largest), 136, 12)
  header.write(flag, 156, 'latin1')
  header.write(target.slice(0, 100), 157, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.fill(' ', 148, 156)
  octal(
    header,
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    8,
  )
  return header
}

function octal(header: Buffer, value: number, offset: number, width: number): void {
  header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1')
}
