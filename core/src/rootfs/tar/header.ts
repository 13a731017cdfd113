import { InvalidImage } from '../invalid-image.ts'

export const blockSize = 512

/** The fields of a 512-byte header, as they stand there. */
export interface Header {
  name: string
  mode: number
  uid: number
  gid: number
  size: number
  mtime: number
  /** The type flag's character; `0` for the NUL of old tars. */
  flag: string
  linkName: string
  major: number
  minor: number
  /** A GNU header, whose last bytes mean other things than those of POSIX. */
  gnu: boolean
}

/**
 * Reads a header block: v7, POSIX ustar and GNU (https://www.gnu.org/software/tar/manual/html_node/Standard.html).
 * @returns undefined for a block of zeros, which ends a tar
 * @throws InvalidImage when it is no header
 */
export function parseHeader(block: Buffer): Header | undefined {
  if (block[0] === 0 && isZero(block)) return undefined
  checkSum(block)
  const magic = block.toString('latin1', 257, 265)
  const ustar = magic.startsWith('ustar\0')
  const gnu = magic === 'ustar  \0'
  const prefix = ustar ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  const flag = String.fromCharCode(block[156] || 0x30)
  const device = ustar || gnu
  return {
    name: prefix ? `${prefix}/${name}` : name,
    mode: number(block, 100, 8),
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: amount(block, 124, 12),
    mtime: number(block, 136, 12),
    flag,
    linkName: text(block, 157, 100),
    major: device ? number(block, 329, 8) : 0,
    minor: device ? number(block, 337, 8) : 0,
    gnu,
  }
}

/** A number: octal digits, or base 256 when the first byte's high bit is set (GNU, star). Empty is 0. */
export function number(block: Buffer, offset: number, length: number): number {
  const first = block[offset] ?? 0
  if (first & 0x80) return base256(block.subarray(offset, offset + length))
  const digits = text(block, offset, length).trim()
  if (digits === '') return 0
  if (!/^[0-7]+$/.test(digits)) throw new InvalidImage('a header of the tar holds a number that is none')
  return Number.parseInt(digits, 8)
}

/** A number that counts something. */
export function amount(block: Buffer, offset: number, length: number): number {
  const value = number(block, offset, length)
  if (value < 0) throw new InvalidImage('a header of the tar holds a negative size')
  return value
}

/** Two's complement, big-endian; the highest bit only marks the encoding. */
function base256(bytes: Buffer): number {
  const negative = ((bytes[0] ?? 0) & 0x40) !== 0
  let value = negative ? -1n : 0n
  for (const [index, byte] of bytes.entries())
    value = (value << 8n) | BigInt(index === 0 ? (negative ? byte : byte & 0x7f) : byte)
  const result = Number(value)
  if (!Number.isSafeInteger(result)) throw new InvalidImage('a header of the tar holds a number that is too large')
  return result
}

function text(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end === -1 || end > offset + length ? offset + length : end)
}

/** The sum of all bytes, its own field counted as spaces. Some old programs summed signed bytes. */
function checkSum(block: Buffer): void {
  let unsigned = 256
  let signed = 256
  for (let index = 0; index < blockSize; index++) {
    if (index === 148) index = 156
    const byte = block[index] as number
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  const stated = Number.parseInt(text(block, 148, 8).trim(), 8)
  if (stated !== unsigned && stated !== signed) throw new InvalidImage('it is no tar, or a damaged one')
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}
