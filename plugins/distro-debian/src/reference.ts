export interface Reference {
  suite: string
  /** `full` boots systemd; `minimal` has no init and only what apt needs. */
  variant: 'full' | 'minimal'
}

/** Releases by name, and the names that move from one to the next. What the host's own sources name comes on top. */
const suites = [
  ...['buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'duke', 'sid'],
  ...['oldoldstable', 'oldstable', 'stable', 'testing', 'unstable'],
]

/**
 * `bookworm`, `stable`, `bookworm/minimal`. Undefined for a suite that nobody knows: a reference without a scheme is shown to every
 * source, and `alpine` is no Debian.
 * @param more suites that exist here besides Debian's own
 */
export function parseReference(ref: string, more: string[] = []): Reference | undefined {
  const match = /^([a-z][a-z0-9-]{0,40})(\/minimal)?$/.exec(ref)
  if (!match?.[1] || !(suites.includes(match[1]) || more.includes(match[1]))) return undefined
  return { suite: match[1], variant: match[2] ? 'minimal' : 'full' }
}
