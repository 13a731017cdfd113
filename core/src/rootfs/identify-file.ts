import { open } from 'node:fs/promises'

/** What a file is by its first bytes, as far as banger cares. */
export type FileFormat = 'ext4' | 'tar' | 'gzip' | 'zstd' | 'xz' | 'empty' | 'other'

/** Where a format's mark stands. */
interface Mark {
  at: number
  bytes: Buffer
  format: FileFormat
  /** As in `it is a qcow2 disk image`. */
  name: string
}

const mark = (at: number, bytes: string | number[], name: string, format: FileFormat = 'other'): Mark => ({
  at,
  bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes),
  name,
  format,
})

/** In the order in which they are looked for: a partition table comes late, since boot sectors share its mark. */
const marks: Mark[] = [
  mark(1080, [0x53, 0xef], 'an ext4 filesystem', 'ext4'),
  mark(0, [0x1f, 0x8b], 'a gzip file', 'gzip'),
  mark(0, [0x28, 0xb5, 0x2f, 0xfd], 'a zstd file', 'zstd'),
  mark(0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'an xz file', 'xz'),
  mark(257, 'ustar', 'a tar', 'tar'),
  mark(0, 'BZh', 'a bzip2 file'),
  mark(0, 'QFI\xfb', 'a qcow2 disk image'),
  mark(0, 'hsqs', 'a squashfs filesystem'),
  mark(0, 'XFSB', 'an XFS filesystem'),
  mark(65_600, '_BHRfS_M', 'a Btrfs filesystem'),
  mark(1024, [0xe2, 0xe1, 0xf5, 0xe0], 'an EROFS filesystem'),
  mark(1024, [0x10, 0x20, 0xf5, 0xf2], 'an F2FS filesystem'),
  mark(32_769, 'CD001', 'an ISO 9660 image'),
  mark(0, 'KDMV', 'a VMDK disk image'),
  mark(0, '# Disk DescriptorFile', 'a VMDK disk image'),
  mark(0, 'vhdxfile', 'a VHDX disk image'),
  mark(0, 'conectix', 'a VHD disk image'),
  mark(64, [0x7f, 0x10, 0xda, 0xbe], 'a VirtualBox disk image'),
  mark(0, 'PK\x03\x04', 'a zip archive'),
  mark(0, '\x7fELF', 'an ELF program'),
  mark(0, 'LUKS\xba\xbe', 'an encrypted (LUKS) volume'),
  mark(512, 'EFI PART', 'a whole disk with a partition table (GPT)'),
  mark(510, [0x55, 0xaa], 'a whole disk with a partition table (MBR)'),
]

/**
 * Says what a file is, by its first bytes.
 * @returns its format, and a name for it that a sentence can go on with: `a squashfs filesystem`
 */
export async function identifyFile(path: string): Promise<{ format: FileFormat; name: string }> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(66_000)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    if (bytesRead === 0) return { format: 'empty', name: 'an empty file' }
    const found = marks.find(({ at, bytes }) => head.subarray(at, at + bytes.length).equals(bytes))
    return found ?? { format: 'other', name: 'a file of no known kind' }
  } finally {
    await file.close()
  }
}
