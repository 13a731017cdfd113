import { fail } from '../errors.ts'

/** Where the compressed kernel lies in a bzImage, and what the image says about itself. */
export interface BzImage {
  /** Bytes from the file's start. */
  offset: number
  /** Bytes. */
  length: number
  /** `uname -r` of the kernel, where the image tells. */
  release?: string
}

/** Bytes before the end of the setup header's fields that are read here. */
const headerEnd = 0x250
/** The first boot protocol with payload_offset and payload_length, of Linux 2.6.26. */
const oldestProtocol = 0x0208

/** Whether a file that begins like this is an x86 boot image: the boot sector's mark and the magic `HdrS`. */
export function isBzImage(head: Buffer): boolean {
  return head.length >= 0x206 && head.readUInt16LE(0x1fe) === 0xaa55 && head.toString('latin1', 0x202, 0x206) === 'HdrS'
}

/**
 * Reads the setup header of an x86 bzImage.
 * Source of the format: Linux, Documentation/arch/x86/boot.rst.
 * @param path for messages
 * @throws kernel.invalid when it is too old, truncated or contradicts itself
 */
export function parseBzImage(image: Buffer, path: string): BzImage {
  const invalid = (reason: string): Error => fail('kernel.invalid', { path, reason })
  if (image.length < headerEnd) throw invalid(`it is truncated: ${image.length} bytes are too few for a boot header`)
  const protocol = image.readUInt16LE(0x206)
  if (protocol < oldestProtocol) throw invalid(`its boot protocol ${protocol >> 8}.${protocol & 0xff} is too old (2.8 is needed)`)
  // A setup_sects of 0 means 4, for images from before the field was there.
  const setupSectors = image.readUInt8(0x1f1) || 4
  const setupEnd = (setupSectors + 1) * 512
  const offset = setupEnd + image.readUInt32LE(0x248)
  const length = image.readUInt32LE(0x24c)
  if (length === 0) throw invalid('it is a boot image without a compressed kernel')
  if (offset + length > image.length) {
    throw invalid(`it is truncated: its header promises ${offset + length} bytes, the file has ${image.length}`)
  }
  const release = readRelease(image, setupEnd)
  return { offset, length, ...(release ? { release } : {}) }
}

/** kernel_version points at `6.1.0-32-cloud-amd64 (debian-kernel@…) #1 SMP …`, counted from the header's sector. */
function readRelease(image: Buffer, setupEnd: number): string | undefined {
  const pointer = image.readUInt16LE(0x20e)
  if (pointer === 0) return undefined
  const start = pointer + 0x200
  if (start >= setupEnd || start >= image.length) return undefined
  return /^[0-9]+\.[\w.+~-]+/.exec(image.toString('latin1', start, Math.min(start + 256, setupEnd)))?.[0]
}
