/** The magic number 0x184C2102, little-endian. */
export const lz4LegacyMagic = Buffer.from([0x02, 0x21, 0x4c, 0x18])

/** What a block holds unpacked, at most; every block but the last is full. */
const blockSize = 8 << 20

/**
 * Unpacks an LZ4 legacy frame, the format of `lz4 -l` and of kernels built with CONFIG_KERNEL_LZ4: the magic, then blocks,
 * each after its compressed length (32 bits, little-endian).
 * Source of the format: lz4, doc/lz4_Frame_format.md ("Legacy frame") and doc/lz4_Block_format.md.
 * @param limit bytes of output at most
 * @throws RangeError when the input is damaged, truncated or would give more than `limit`
 */
export function decodeLz4Legacy(input: Buffer, limit: number): Buffer {
  if (!input.subarray(0, 4).equals(lz4LegacyMagic)) throw new RangeError('no LZ4 legacy frame')
  const blocks: Buffer[] = []
  let total = 0
  let at = 4
  while (at < input.length) {
    if (at + 4 > input.length) throw new RangeError('a block length is cut off')
    const length = input.readUInt32LE(at)
    at += 4
    // Frames may be concatenated: a magic number can stand where a length is expected.
    if (length === 0x184c2102) continue
    if (length > input.length - at) throw new RangeError('a block is cut off')
    const block = decodeBlock(input.subarray(at, at + length), Math.min(blockSize, limit - total))
    total += block.length
    at += length
    blocks.push(block)
  }
  return Buffer.concat(blocks, total)
}

/** One LZ4 block: sequences of a token, literals, and a match in what was written before. */
function decodeBlock(input: Buffer, limit: number): Buffer {
  const output = Buffer.allocUnsafe(limit)
  let from = 0
  let to = 0

  /** A length of 15 in the token goes on in bytes of 255, up to and including the first smaller one. */
  const readLength = (nibble: number): number => {
    let length = nibble
    if (nibble !== 15) return length
    for (let byte = 255; byte === 255; length += byte) {
      const next = input[from++]
      if (next === undefined) throw new RangeError('a length is cut off')
      byte = next
    }
    return length
  }

  while (from < input.length) {
    const token = input[from++] as number
    const literals = readLength(token >> 4)
    if (literals > input.length - from) throw new RangeError('literals are cut off')
    if (literals > limit - to) throw new RangeError('the output is too large')
    input.copy(output, to, from, from + literals)
    from += literals
    to += literals
    // The last sequence has literals alone.
    if (from === input.length) break
    if (from + 2 > input.length) throw new RangeError('a match offset is cut off')
    const distance = input.readUInt16LE(from)
    from += 2
    if (distance === 0 || distance > to) throw new RangeError('a match points before the start')
    const length = readLength(token & 15) + 4
    if (length > limit - to) throw new RangeError('the output is too large')
    copyMatch(output, to, distance, length)
    to += length
  }
  return output.subarray(0, to)
}

/** A match may overlap what it writes: then it repeats its last `distance` bytes. */
function copyMatch(output: Buffer, to: number, distance: number, length: number): void {
  if (distance >= length) {
    output.copyWithin(to, to - distance, to - distance + length)
    return
  }
  for (let index = 0; index < length; index++) output[to + index] = output[to + index - distance] as number
}
