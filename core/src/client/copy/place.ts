import { fail } from '../../errors.ts'

/** One end of a copy as the command line names it. */
export interface Place {
  /** As it was written, for messages. */
  text: string
  /** Name of the VM; none for a path of this host. */
  vm?: string
  /** `-`: stdin or stdout. */
  stream: boolean
  path: string
}

/**
 * `box:/srv/x` is in the VM box, relative paths there begin at /root; `./a:b` and all without a colon are on this host;
 * `-` is stdin or stdout. The same rule as scp's: a slash before the colon makes it a path of the host.
 * @throws usage
 */
export function parsePlace(text: string): Place {
  if (text === '-') return { text, stream: true, path: text }
  if (text === '') throw fail('usage', { reason: 'A path is empty.' })
  const [, vm, path] = /^([^/:]+):(.*)$/s.exec(text) ?? []
  if (vm === undefined || path === undefined) return { text, stream: false, path: text }
  if (path === '') throw fail('usage', { reason: `"${text}" names no path. Write it like ${vm}:/root` })
  if (path.includes('\0')) throw fail('usage', { reason: 'A path holds a zero byte.' })
  return { text, vm, stream: false, path: path.startsWith('/') ? path : `/root/${path}` }
}
