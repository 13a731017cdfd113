/** What an initrd consists of. Folders come before what they hold. */
export type CpioEntry =
  | { kind: 'folder'; name: string; mode: number }
  | { kind: 'file'; name: string; mode: number; content: Uint8Array }
  | { kind: 'character-device'; name: string; mode: number; major: number; minor: number }

const typeBits = { folder: 0o040000, file: 0o100000, 'character-device': 0o020000 }

/**
 * A cpio archive in the `newc` format, all of it root's and of time 0, so that the same entries give the same bytes.
 * Source of the format: Linux, Documentation/driver-api/early-userspace/buffer-format.rst; cpio(5).
 * @param entries names are relative: `dev/console`
 */
export function cpioArchive(entries: CpioEntry[]): Buffer {
  const parts: Uint8Array[] = []
  entries.forEach((entry, index) => {
    const content = entry.kind === 'file' ? entry.content : new Uint8Array()
    const device = entry.kind === 'character-device' ? [entry.major, entry.minor] : [0, 0]
    const links = entry.kind === 'folder' ? 2 : 1
    const mode = typeBits[entry.kind] | entry.mode
    parts.push(header(entry.name, [index + 1, mode, 0, 0, links, 0, content.byteLength, 0, 0, ...device]), ...padded(content))
  })
  parts.push(header('TRAILER!!!', [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
  return Buffer.concat(parts)
}

/** Magic, thirteen numbers of eight hexadecimal digits, the name with a NUL; padded to a multiple of four. */
function header(name: string, fields: number[]): Buffer {
  const nameBytes = Buffer.from(`${name}\0`)
  const numbers = [...fields, nameBytes.length, 0].map((field) => field.toString(16).padStart(8, '0')).join('')
  return Buffer.concat(padded(Buffer.concat([Buffer.from(`070701${numbers}`), nameBytes])))
}

function padded(bytes: Uint8Array): Uint8Array[] {
  return [bytes, new Uint8Array((4 - (bytes.byteLength % 4)) % 4)]
}
