import { InvalidImage } from '../invalid-image.ts'
import type { ByteReader } from './byte-reader.ts'
import type { Segment } from './entry.ts'
import { amount, blockSize } from './header.ts'
import { parseDecimal } from './pax.ts'

/** Pieces of one file at most: they are kept in memory. */
const maxSegments = 1_000_000

export interface SparseMap {
  /** Bytes of the file, holes included. */
  size: number
  segments: Segment[]
  /** The file's name, where the header only holds a stand-in. */
  name?: string
  /** Bytes of the map that were read from the entry's own data. */
  consumed: number
}

/**
 * The map of an old GNU sparse entry (type `S`): four segments in the header, 21 more in every block that follows while its flag is set
 * (https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html).
 */
export async function readGnuSparse(header: Buffer, reader: ByteReader): Promise<SparseMap> {
  const segments: Segment[] = []
  const size = amount(header, 483, 12)
  let block = header
  let [at, count, flag] = [386, 4, 482]
  for (;;) {
    for (let index = 0; index < count; index++, at += 24) {
      const length = amount(block, at + 12, 12)
      if (block[at] !== 0) segments.push({ offset: amount(block, at, 12), length })
    }
    if (!block[flag]) break
    checkCount(segments.length)
    block = await reader.read(blockSize)
    if (block.length < blockSize) throw new InvalidImage('the tar ends in the middle of a sparse header')
    ;[at, count, flag] = [0, 21, 504]
  }
  return { size, segments: check(segments, size), consumed: 0 }
}

/** The map that pax records hold: GNU formats 0.0 and 0.1 in the records, 1.0 at the head of the data. Undefined when there is none. */
export async function readPaxSparse(
  records: [string, Buffer][],
  stored: number,
  reader: ByteReader,
): Promise<SparseMap | undefined> {
  const last = new Map(records.map(([key, value]) => [key, value.toString('latin1')]))
  const sizeText = last.get('GNU.sparse.realsize') ?? last.get('GNU.sparse.size')
  if (sizeText === undefined) return undefined
  const size = parseDecimal(sizeText, 'sparse size')
  const name = last.get('GNU.sparse.name')
  if (last.get('GNU.sparse.major') === '1') {
    const { segments, consumed } = await readMapFromData(stored, reader)
    return { size, segments: check(segments, size), name, consumed }
  }
  const numbers = (last.get('GNU.sparse.map')?.split(',') ?? repeated(records)).filter((text) => text !== '')
  return { size, segments: check(pairs(numbers), size), name, consumed: 0 }
}

/** Format 1.0: decimal lines, the number of segments first, padded to whole blocks. */
async function readMapFromData(stored: number, reader: ByteReader): Promise<{ segments: Segment[]; consumed: number }> {
  const blocks: string[] = []
  let lines = 0
  let wanted = Number.POSITIVE_INFINITY
  while (lines < wanted) {
    const block = blocks.length * blockSize < stored ? await reader.read(blockSize) : Buffer.alloc(0)
    if (block.length < blockSize) throw new InvalidImage('the tar ends in the middle of a sparse map')
    const text = block.toString('latin1')
    if (blocks.length === 0) wanted = 1 + 2 * checkCount(parseDecimal(text.slice(0, text.indexOf('\n')), 'sparse map'))
    blocks.push(text)
    lines += text.split('\n').length - 1
  }
  return { segments: pairs(blocks.join('').split('\n').slice(1, wanted)), consumed: blocks.length * blockSize }
}

/** Format 0.0: the same two keys over and over. */
function repeated(records: [string, Buffer][]): string[] {
  return records
    .filter(([key]) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
    .map(([, value]) => value.toString('latin1'))
}

function pairs(numbers: string[]): Segment[] {
  const segments: Segment[] = []
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    segments.push({
      offset: parseDecimal(numbers[index] ?? '', 'sparse map'),
      length: parseDecimal(numbers[index + 1] ?? '', 'sparse map'),
    })
  }
  return segments
}

function checkCount(count: number): number {
  if (count > maxSegments) throw new InvalidImage('the tar has a sparse file of more pieces than any real one')
  return count
}

function check(segments: Segment[], size: number): Segment[] {
  let end = 0
  for (const { offset, length } of segments) {
    if (offset < end || offset + length > size)
      throw new InvalidImage('the tar has a sparse file whose pieces overlap or lie outside of it')
    end = offset + length
  }
  return segments.filter(({ length }) => length > 0)
}
