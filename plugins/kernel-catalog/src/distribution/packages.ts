/** A binary package as `apt-cache show` prints it. */
export interface Package {
  name: string
  version: string
  /** Names of the packages it depends on; of alternatives, the first. */
  depends: string[]
  /** Bytes to download. */
  size: number
}

/**
 * Parses the stanzas that `apt-cache show` prints; fields that are not needed, and stanzas without a name or version, are
 * passed over.
 * Source of the format: Debian Policy, chapter 5 (control files and their fields).
 */
export function parsePackages(text: string): Package[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const name = field(stanza, 'Package')
    const version = field(stanza, 'Version')
    if (!name || !version) return []
    const depends = [field(stanza, 'Depends'), field(stanza, 'Pre-Depends')].flatMap((list) => list.split(',').map(firstName))
    return [
      { name, version, depends: depends.filter((one) => one !== ''), size: Number.parseInt(field(stanza, 'Size'), 10) || 0 },
    ]
  })
}

/** A field's value; one that goes on over several lines begins each further line with a blank. */
function field(stanza: string, name: string): string {
  const start = new RegExp(`^${name}:[ \\t]*`, 'm').exec(stanza)
  if (!start) return ''
  const rest = stanza.slice(start.index + start[0].length)
  const end = /\n(?![ \t])/.exec(rest)?.index ?? rest.length
  return rest.slice(0, end).trim()
}

/** `initramfs-tools (>= 0.120) | linux-initramfs-tool` → `initramfs-tools` */
function firstName(relation: string): string {
  return /^\s*([a-z0-9][a-z0-9.+-]*)/.exec(relation)?.[1] ?? ''
}
