/** Kernel files as small as they can be. */

export const sampleRelease = '6.1.0-32-cloud-amd64'

/** An ELF executable for x86-64 with one segment that holds Linux's banner and `content`. */
export function sampleVmlinux({
  machine = 62,
  type = 2,
  segmentType = 1,
  content = Buffer.from('kernel '.repeat(500)),
} = {}): Buffer {
  const body = Buffer.concat([Buffer.from(`Linux version ${sampleRelease} (builder@host) #1 SMP\0`), content])
  const header = Buffer.alloc(64 + 56)
  header.write('\x7fELF\x02\x01\x01', 'latin1')
  header.writeUInt16LE(type, 16)
  header.writeUInt16LE(machine, 18)
  header.writeBigUInt64LE(64n, 32)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(1, 56)
  header.writeUInt32LE(segmentType, 64)
  header.writeBigUInt64LE(120n, 72)
  header.writeBigUInt64LE(BigInt(body.length), 96)
  return Buffer.concat([header, body])
}

/**
 * A bzImage around a compressed payload.
 * @param size what the payload unpacks to; appended to it as the kernel's build does, unless undefined (gzip has it already)
 */
export function sampleBzImage(payload: Buffer, size: number | undefined, { protocol = 0x20f, setupSectors = 1 } = {}): Buffer {
  const trailer = Buffer.alloc(size === undefined ? 0 : 4)
  if (size !== undefined) trailer.writeUInt32LE(size)
  const setup = Buffer.alloc((setupSectors + 1) * 512)
  setup.writeUInt8(setupSectors, 0x1f1)
  setup.writeUInt16LE(0xaa55, 0x1fe)
  setup.write('HdrS', 0x202, 'latin1')
  setup.writeUInt16LE(protocol, 0x206)
  setup.writeUInt16LE(0x100, 0x20e)
  setup.writeUInt32LE(16, 0x248)
  setup.writeUInt32LE(payload.length + trailer.length, 0x24c)
  setup.write(`${sampleRelease} (builder@host) #1 SMP\0`, 0x300, 'latin1')
  return Buffer.concat([setup, Buffer.alloc(16), payload, trailer])
}

/** An LZ4 legacy frame of literals alone. */
export function lz4Literals(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x02, 0x21, 0x4c, 0x18])]
  for (let at = 0; at < content.length; at += 8 << 20) {
    const literals = content.subarray(at, at + (8 << 20))
    const rest = literals.length - 15
    const length = rest < 0 ? [] : [...new Array<number>(Math.floor(rest / 255)).fill(255), rest % 255]
    const block = Buffer.concat([Buffer.from([Math.min(literals.length, 15) << 4, ...length]), literals])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(block.length)
    parts.push(size, block)
  }
  return Buffer.concat(parts)
}
