/**
 * The extended attribute that a pax record carries, or undefined. Two dialects: `SCHILY.xattr.<name>` (GNU tar, Go, OCI), and
 * `LIBARCHIVE.xattr.<url-encoded name>` with base64 values.
 */
export function xattrOf(key: string, value: Buffer): { name: string; value: Buffer } | undefined {
  if (key.startsWith('SCHILY.xattr.')) return { name: key.slice('SCHILY.xattr.'.length), value }
  if (!key.startsWith('LIBARCHIVE.xattr.')) return undefined
  const name = key
    .slice('LIBARCHIVE.xattr.'.length)
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return { name, value: Buffer.from(value.toString('latin1'), 'base64') }
}
