import { fail } from '../../errors.ts'

/**
 * A size of memory or disk as MiB: `2G`, `2GiB`, `512M`, `1.5g`, or a plain number of MiB.
 * @throws usage
 */
export function parseSize(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)\s*(?:([MGT])(?:i?B)?)?$/i.exec(text.trim())
  const factor = { M: 1, G: 1024, T: 1024 * 1024 }[(match?.[2] ?? 'M').toUpperCase()] ?? 1
  const size = Number(match?.[1]) * factor
  if (!match || !Number.isInteger(size) || size < 1) {
    throw fail('usage', { reason: `"${text}" is no size. Write it like 2G, 512M or 2048 (MiB).` })
  }
  return size
}
