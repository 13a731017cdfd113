import { aclFromText } from './acl-text.ts'

/**
 * The extended attribute that a pax record carries, or undefined. Dialects: `SCHILY.xattr.<name>` (GNU tar, Go, OCI);
 * `LIBARCHIVE.xattr.<url-encoded name>` with base64 values; `SCHILY.acl.*` with access control lists in words.
 */
export function xattrOf(key: string, value: Buffer): { name: string; value: Buffer } | undefined {
  if (key.startsWith('SCHILY.xattr.')) return { name: key.slice('SCHILY.xattr.'.length), value }
  if (key === 'SCHILY.acl.access') return { name: 'system.posix_acl_access', value: aclFromText(value.toString('latin1')) }
  if (key === 'SCHILY.acl.default') return { name: 'system.posix_acl_default', value: aclFromText(value.toString('latin1')) }
  if (!key.startsWith('LIBARCHIVE.xattr.')) return undefined
  const name = key.slice('LIBARCHIVE.xattr.'.length).replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => character(hex))
  return { name, value: Buffer.from(value.toString('latin1'), 'base64') }
}

function character(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
