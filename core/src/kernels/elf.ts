import { fail } from '../errors.ts'

const machines: Record<number, string> = { 3: 'x86 (32 bits)', 40: 'ARM (32 bits)', 62: 'x86-64', 183: 'arm64', 243: 'RISC-V' }
const x8664 = 62
const typeExecutable = 2
const segmentLoad = 1
const segmentInterpreter = 3

export function isElf(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === 0x7f454c46
}

/**
 * Makes sure that a file is a whole Linux kernel for x86-64, as an ELF executable.
 * Source of the format: the ELF-64 Object File Format; the banner: Linux, init/version.c.
 * @param path for messages
 * @returns `uname -r` of it
 * @throws kernel.invalid saying what is wrong
 */
export function checkVmlinux(image: Buffer, path: string): { release: string } {
  const invalid = (reason: string): Error => fail('kernel.invalid', { path, reason })
  if (image.length < 64) throw invalid('it is a truncated ELF file')
  const bits = image[4]
  const machine = image.readUInt16LE(18)
  if (bits !== 2 || image[5] !== 1 || machine !== x8664) {
    throw invalid(`it is an ELF file for ${machines[machine] ?? `an unknown machine (${machine})`}, not for x86-64`)
  }
  if (image.readUInt16LE(16) !== typeExecutable) throw invalid('it is an ELF file, but no kernel (not of the type EXEC)')
  for (const segment of segments(image, invalid)) {
    if (segment.type === segmentInterpreter) throw invalid('it is an ordinary program, not a kernel')
    if (segment.type === segmentLoad && segment.offset + segment.size > BigInt(image.length)) {
      throw invalid('it is a truncated ELF file: a segment lies beyond its end')
    }
  }
  const release = findRelease(image)
  if (!release) throw invalid('it is an ELF file, but has no Linux kernel inside')
  return { release }
}

function segments(image: Buffer, invalid: (reason: string) => Error): { type: number; offset: bigint; size: bigint }[] {
  const start = image.readBigUInt64LE(32)
  const entrySize = image.readUInt16LE(54)
  const count = image.readUInt16LE(56)
  if (count === 0 || entrySize < 56) throw invalid('it is an ELF file without segments to load')
  if (start + BigInt(entrySize * count) > BigInt(image.length)) throw invalid('it is a truncated ELF file')
  return Array.from({ length: count }, (_, index) => {
    const at = Number(start) + index * entrySize
    return { type: image.readUInt32LE(at), offset: image.readBigUInt64LE(at + 8), size: image.readBigUInt64LE(at + 32) }
  })
}

const bannerStart = 'Linux version '

/** The banner, `Linux version 6.1.0-32-cloud-amd64 (…`, is in every kernel. */
function findRelease(image: Buffer): string | undefined {
  for (let at = image.indexOf(bannerStart); at >= 0; at = image.indexOf(bannerStart, at + 1)) {
    const text = image.toString('latin1', at + bannerStart.length, at + bannerStart.length + 128)
    const release = /^([0-9]+\.[\w.+~-]+) /.exec(text)?.[1]
    if (release) return release
  }
  return undefined
}
