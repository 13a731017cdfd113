export interface Reference {
  suite: string
  /** `full` boots systemd; `minimal` has no init and only what apt needs. */
  variant: 'full' | 'minimal'
}

/** `bookworm`, `stable`, `bookworm/minimal`; undefined for what is no suite's name. */
export function parseReference(ref: string): Reference | undefined {
  const match = /^([a-z][a-z0-9-]{0,40})(\/minimal)?$/.exec(ref)
  if (!match?.[1]) return undefined
  return { suite: match[1], variant: match[2] ? 'minimal' : 'full' }
}
