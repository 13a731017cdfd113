/** References by name; names are bytes, one character each (latin1). */
export type Refs = Record<string, string>

/**
 * Reads lines `<object> <name> <target of a symbolic one>`.
 * Only branches, remote branches, tags and notes count; what banger itself keeps in a repository does not.
 */
export function parseRefs(text: string): { direct: Refs; symbolic: Refs } {
  const direct: Refs = {}
  const symbolic: Refs = {}
  for (const line of text.split('\n')) {
    const [object = '', name = '', target = ''] = line.split(' ')
    if (!/^refs\/(heads|remotes|tags|notes)\//.test(name)) continue
    if (target) symbolic[name] = target
    else direct[name] = object
  }
  return { direct, symbolic }
}

/** A `packed-refs` file (git-pack-refs(1)). */
export function formatPackedRefs(refs: Refs): string {
  const lines = Object.keys(refs)
    .sort()
    .map((name) => `${refs[name]} ${name}\n`)
  return `# pack-refs with: sorted \n${lines.join('')}`
}

/** @throws nothing: lines that are none are passed over */
export function parsePackedRefs(text: string): Refs {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/[^ ]+)$/.exec(line)
    return match ? [[match[2] ?? '', match[1] ?? ''] as const] : []
  })
  return Object.fromEntries(lines)
}
