import { InvalidImage, showName } from '../invalid-image.ts'
import type { Segment, TarEntry } from '../tar/entry.ts'
import type { TarReader } from '../tar/read-tar.ts'
import type { Extent, Node } from '../tree/node.ts'
import type { BlockAllocator } from './block-allocator.ts'
import type { BlockWriter } from './block-writer.ts'
import { blockBytes } from './format.ts'

/** Copies the contents of the tar's present member into blocks and notes in `node` where they lie. Holes stay holes. */
export async function writeFile(
  entry: TarEntry,
  node: Node,
  tar: TarReader,
  allocator: BlockAllocator,
  writer: BlockWriter,
): Promise<void> {
  if (Math.ceil(entry.size / blockBytes) >= 2 ** 32)
    throw new InvalidImage(`the file ${showName(entry.path)} is larger than ext4 allows`)
  if (entry.stored === 0) return
  const segments = entry.segments ?? [{ offset: 0, length: entry.size }]
  node.extents = allocate(segments, allocator)
  await writer.seek(node.extents[0]?.physical ?? 0)
  if (entry.segments) await copySegments(segments, node.extents, tar, writer)
  else {
    await tar.copyData((piece) => writer.append(piece))
    await writer.appendZeros((blockBytes - (entry.size % blockBytes)) % blockBytes)
  }
}

/** One run of blocks for all that holds data, mapped piece by piece. */
function allocate(segments: Segment[], allocator: BlockAllocator): Extent[] {
  const extents: Extent[] = []
  for (const { offset, length } of segments) {
    const start = Math.floor(offset / blockBytes)
    const end = Math.ceil((offset + length) / blockBytes)
    const last = extents.at(-1)
    if (last && start <= last.logical + last.count) last.count = Math.max(last.count, end - last.logical)
    else extents.push({ logical: start, physical: 0, count: end - start })
  }
  let physical = allocator.allocate(extents.reduce((sum, { count }) => sum + count, 0))
  for (const extent of extents) {
    extent.physical = physical
    physical += extent.count
  }
  return extents
}

/** Segments need not begin or end with a block: zeros fill the blocks up. */
async function copySegments(segments: Segment[], extents: Extent[], tar: TarReader, writer: BlockWriter): Promise<void> {
  const first = extents[0]?.physical ?? 0
  /** Where the next byte goes, counted from the run's beginning. */
  let at = 0
  let index = 0
  let left = 0
  let segment = 0
  let extent = 0
  const place = (): number => {
    const { offset, length } = segments[segment++] as Segment
    left = length
    while (offset >= ((extents[extent] as Extent).logical + (extents[extent] as Extent).count) * blockBytes) extent++
    const { logical, physical } = extents[extent] as Extent
    return (physical - first) * blockBytes + offset - logical * blockBytes
  }
  await tar.copyData(async (piece) => {
    for (index = 0; index < piece.length; ) {
      if (left === 0) {
        const target = segment < segments.length ? place() : -1
        if (target < 0) return
        await writer.appendZeros(target - at)
        at = target
      }
      const part = piece.subarray(index, index + left)
      await writer.append(part)
      index += part.length
      left -= part.length
      at += part.length
    }
  })
  await writer.appendZeros((blockBytes - (at % blockBytes)) % blockBytes)
}
