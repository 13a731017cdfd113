/** Where a tiny kernel's code is loaded, and where it begins. */
const base = 0x100000

/**
 * A kernel of a few instructions, for probing whether a VMM runs guests: an ELF file with a PVH entry point (an ELF note of owner
 * "Xen" and type 18, https://xenbits.xen.org/docs/unstable/misc/pvh.html). A VMM that knows PVH enters it in 32-bit protected mode,
 * others as Linux, in long mode.
 * @param code x86 machine code that runs at 0x100000
 */
export function tinyKernel(code: Buffer): Buffer {
  const note = Buffer.alloc(20)
  note.writeUInt32LE(4, 0) // length of the name
  note.writeUInt32LE(4, 4) // length of the value
  note.writeUInt32LE(18, 8) // XEN_ELFNOTE_PHYS32_ENTRY
  note.write('Xen\0', 12, 'latin1')
  note.writeUInt32LE(base, 16)
  const codeAt = 64 + 2 * 56
  return Buffer.concat([
    elfHeader(),
    segment({ type: 1, offset: codeAt, address: base, size: code.length }), // PT_LOAD
    segment({ type: 4, offset: codeAt + code.length, address: 0, size: note.length }), // PT_NOTE
    code,
    note,
  ])
}

function elfHeader(): Buffer {
  const header = Buffer.alloc(64)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]) // 64-bit, little-endian, version 1
  header.writeUInt16LE(2, 16) // an executable
  header.writeUInt16LE(62, 18) // for x86-64
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(base), 24) // entry
  header.writeBigUInt64LE(64n, 32) // program headers follow this one
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(2, 56)
  return header
}

function segment({ type, offset, address, size }: { type: number; offset: number; address: number; size: number }): Buffer {
  const header = Buffer.alloc(56)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(7, 4) // readable, writable, executable
  header.writeBigUInt64LE(BigInt(offset), 8)
  header.writeBigUInt64LE(BigInt(address), 16)
  header.writeBigUInt64LE(BigInt(address), 24)
  header.writeBigUInt64LE(BigInt(size), 32)
  header.writeBigUInt64LE(BigInt(size), 40)
  header.writeBigUInt64LE(4n, 48)
  return header
}
