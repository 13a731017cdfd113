export interface Challenge {
  /** `bearer`, `basic` */
  scheme: string
  parameters: Record<string, string>
}

/**
 * Reads a WWW-Authenticate header (RFC 9110, 11.6.1): `Bearer realm="https://…",service="…"`. Several challenges may stand in one
 * header; what is not understood is passed over.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  const token = /\s*,?\s*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y
  for (let match = token.exec(header); match; match = token.exec(header)) {
    const [, word = '', quoted, plain] = match
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain
    const current = challenges.at(-1)
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: Object.create(null) })
    else if (current) current.parameters[word.toLowerCase()] = value
  }
  return challenges
}
