/**
 * A remote's address without what lets one in: no password, no user name of http (tokens come as such), no query. An
 * address of a kind that is not known, such as one that runs a program (`ext::`), is none.
 */
export function cleanUrl(url: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? []
  if (scheme === undefined) return url.includes('::') ? undefined : url
  const name = scheme.toLowerCase()
  if (name === 'file') return url
  if (!['http', 'https', 'ssh', 'git', 'git+ssh', 'ssh+git'].includes(name)) return undefined
  const [, authority = '', path = ''] = /^([^/?#]*)([^?#]*)/.exec(rest) ?? []
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0)).replace(/:.*$/s, '')
  const keepsUser = name.includes('ssh') && user !== ''
  return `${scheme}://${keepsUser ? `${user}@` : ''}${authority.slice(at + 1)}${path}`
}
