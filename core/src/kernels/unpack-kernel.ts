import { open } from 'node:fs/promises'
import { fail, isError } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import { isBzImage, parseBzImage } from './bzimage.ts'
import { compressionOf, decompress } from './decompress.ts'
import { checkVmlinux, isElf } from './elf.ts'

/** Bytes: a kernel file, or what it unpacks to, at most. Distributions' kernels have 10 to 80 MB. */
const largestKernel = 512 << 20

export interface UnpackedKernel {
  /** An ELF executable for x86-64. */
  vmlinux: Buffer
  /** `uname -r` */
  release: string
}

/**
 * Turns a kernel file into what every VMM boots: an uncompressed ELF vmlinux. An ELF passes through; of a bzImage
 * (vmlinuz) the payload is unpacked.
 * @throws kernel.invalid saying what the file is instead
 * @throws tool.missing when the payload's compression needs a program that is not installed
 */
export async function unpackKernel(path: string, options: { host: Host; signal?: AbortSignal }): Promise<UnpackedKernel> {
  const image = await readKernel(path)
  if (isElf(image)) return { vmlinux: image, ...checkVmlinux(image, path) }
  if (!isBzImage(image)) throw fail('kernel.invalid', { path, reason: describe(image) })
  const { offset, length } = parseBzImage(image, path)
  const vmlinux = await unpackPayload(image.subarray(offset, offset + length), path, options)
  if (!isElf(vmlinux)) throw fail('kernel.invalid', { path, reason: 'its payload is no ELF file' })
  return { vmlinux, ...checkVmlinux(vmlinux, path) }
}

/**
 * The payload ends with its unpacked size (32 bits, little-endian): gzip's own trailer, and appended by the kernel's build
 * to all other formats (scripts/Makefile.lib, size_append).
 */
async function unpackPayload(payload: Buffer, path: string, options: { host: Host; signal?: AbortSignal }): Promise<Buffer> {
  const invalid = (reason: string, cause?: unknown): Error => fail('kernel.invalid', { path, reason }, cause)
  const compression = compressionOf(payload)
  if (!compression) throw invalid('the compression of its payload is unknown')
  if (payload.length < 8) throw invalid('its payload is truncated')
  const size = payload.readUInt32LE(payload.length - 4)
  if (size > largestKernel) throw invalid(`it claims to unpack to ${size} bytes`)
  const compressed = compression === 'gzip' ? payload : payload.subarray(0, -4)
  const vmlinux = await decompress(compressed, { ...options, limit: size }).catch((error: unknown) => {
    if (options.signal?.aborted || isError(error, 'tool.missing')) throw error
    throw invalid(`its ${compression} payload is damaged (${error instanceof Error ? error.message : String(error)})`, error)
  })
  if (vmlinux.length !== size) throw invalid(`its payload unpacks to ${vmlinux.length} bytes instead of ${size}`)
  return vmlinux
}

async function readKernel(path: string): Promise<Buffer> {
  const invalid = (reason: string, cause?: unknown): Error => fail('kernel.invalid', { path, reason }, cause)
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw invalid(error.code === 'ENOENT' ? 'there is no such file' : error.message, error)
  })
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw invalid('it is a folder')
    if (!stat.isFile()) throw invalid('it is no regular file')
    if (stat.size > largestKernel) throw invalid(`it is far too large for a kernel (${stat.size} bytes)`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** What a file is that cannot be booted, in words. */
function describe(image: Buffer): string {
  const text = (start: number, end: number): string => image.toString('latin1', start, end)
  if (image.length === 0) return 'it is empty'
  if (text(0, 2) === '#!') return 'it is a script'
  if (text(4, 8) === 'zimg') return 'it is a compressed EFI image (zboot); unpack it first'
  if (text(0x38, 0x3c) === 'ARMd') return 'it is an arm64 Image, and this needs a kernel for x86-64'
  if (text(0, 2) === 'MZ') return 'it is an EFI or DOS program without a Linux boot header'
  if (text(257, 262) === 'ustar') return 'it is a tar archive'
  if (text(0, 6) === '070701') return 'it is an initrd (cpio archive)'
  const compression = compressionOf(image)
  if (compression) return `it is a ${compression}-compressed file; unpack it first`
  if (image.length < 0x250) return `it is too short (${image.length} bytes)`
  return 'it is neither an ELF file nor a bzImage'
}
