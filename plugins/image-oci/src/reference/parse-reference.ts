/** An image in a registry, all defaults filled in. */
export interface Reference {
  /** `docker.io`, `localhost:5000`, `[::1]:5000` */
  registry: string
  /** `library/debian` */
  repository: string
  tag?: string
  /** `sha256:<64 hexadecimal digits>`; wins over the tag */
  digest?: string
}

const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::([0-9]{1,5}))?$/
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^\w[\w.-]{0,127}$/

/**
 * Reads a reference as Docker and podman do: no registry means docker.io, no tag and no digest mean `latest`.
 * The grammar is that of https://pkg.go.dev/github.com/distribution/reference, with sha256 as the only algorithm.
 * @returns undefined for what is no reference
 */
export function parseReference(text: string): Reference | undefined {
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !isDigest(digest)) return undefined
  const { name, tag } = splitTag(at < 0 ? text : text.slice(0, at))
  if (tag !== undefined && !tagPattern.test(tag)) return undefined
  const place = splitRegistry(name)
  const port = host.exec(place.registry)
  if (!port || Number(port[1] ?? 1) > 65_535 || name.length > 255) return undefined
  if (!place.repository.split('/').every((part) => component.test(part))) return undefined
  // Docker keeps such names for the ids of images
  if (place.repository === `library/${name}` && /^[0-9a-f]{64}$/.test(name)) return undefined
  if (digest) return { ...place, ...(tag ? { tag } : {}), digest }
  return { ...place, tag: tag ?? 'latest' }
}

/** In full: `docker.io/library/debian:bookworm`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** A colon behind the last slash begins the tag; one before it belongs to a port. */
function splitTag(text: string): { name: string; tag?: string } {
  const colon = text.lastIndexOf(':')
  if (colon < 0 || text.includes('/', colon)) return { name: text }
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) }
}

/** What stands before the first slash is a registry when it looks like a host: a dot, a port, capitals, or `localhost`. */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = slash > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const registry = isHost && first !== 'index.docker.io' ? first : 'docker.io'
  const repository = isHost ? name.slice(slash + 1) : name
  return { registry, repository: registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository }
}
