/** One entry of apt's sources (https://manpages.debian.org/stable/apt/sources.list.5.en.html), in whichever form it stood. */
export interface AptSource {
  uris: string[]
  suites: string[]
  components: string[]
  /** `Signed-By` and what else it has, by their deb822 names. */
  options: Map<string, string>
}

/** Entries of binary packages in a `.list` file: `deb [options] uri suite components…` */
export function parseList(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (!match?.[2] || !match[3]) continue
    sources.push({
      uris: [match[2]],
      suites: [match[3]],
      components: words(match[4]),
      options: new Map(words(match[1]).flatMap(listOption)),
    })
  }
  return sources
}

/** Entries of binary packages in a `.sources` file (deb822): paragraphs of fields, of which values may go on in indented lines. */
export function parseDeb822(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const paragraph of text.split(/\n\s*\n/)) {
    const fields = parseFields(paragraph)
    const enabled = !/^(no|false|0|off|without|disable)$/i.test(fields.get('enabled') ?? '')
    if (!enabled || !words(fields.get('types')).includes('deb')) continue
    const options = new Map<string, string>()
    for (const [key, name] of Object.entries(optionNames)) {
      const value = fields.get(name.toLowerCase()) ?? fields.get(key)
      if (value !== undefined) options.set(name, value)
    }
    sources.push({
      uris: words(fields.get('uris')),
      suites: words(fields.get('suites')),
      components: words(fields.get('components')),
      options,
    })
  }
  return sources
}

/** Entries as deb822, which can say everything that either form says. */
export function formatDeb822(sources: AptSource[]): string {
  const paragraphs = sources.map(({ uris, suites, components, options }) => {
    const fields = [
      ['Types', 'deb'],
      ['URIs', uris.join(' ')],
      ['Suites', suites.join(' ')],
      ['Components', components.join(' ')],
      ...options,
    ]
    return fields.map(([name, value]) => `${name}: ${value}\n`).join('')
  })
  return paragraphs.join('\n')
}

/** The options that matter to a guest, by their names in `.list` files. */
const optionNames: Record<string, string> = {
  'signed-by': 'Signed-By',
  'trusted': 'Trusted',
  'check-valid-until': 'Check-Valid-Until',
  'check-date': 'Check-Date',
}

function listOption(text: string): [string, string][] {
  const [name = '', value = ''] = text.split('=', 2)
  const known = optionNames[name]
  return known ? [[known, value]] : []
}

function parseFields(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>()
  let name = ''
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue
    const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line)
    if (match?.[1]) fields.set((name = match[1].toLowerCase()), match[2]?.trimEnd() ?? '')
    else if (name && /^\s/.test(line)) fields.set(name, `${fields.get(name)}\n${line.trimEnd()}`)
  }
  return fields
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}
