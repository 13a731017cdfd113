import { type AptSource, formatDeb822 } from './apt-sources.ts'

export interface GuestSources {
  /** What the guest's apt is to read (deb822). */
  stanzas: string
  /** Keyrings that the entries name and that no Debian package puts there: absolute paths. */
  keyrings: string[]
}

const aliases = ['stable', 'testing', 'unstable', 'sid', 'oldstable']
/** What belongs to a release besides itself. Backports and proposals are nobody's default. */
const pockets = ['', '-updates', '-security', '/updates']

/**
 * Package sources for a guest of `suite`, made of the host's: the same mirrors and keys, and the host's release replaced by the guest's.
 * @param codename the host's release, undefined on a host that is no Debian
 * @returns undefined when the host has none that fit; mmdebstrap's own default is right then
 */
export function guestSources(sources: AptSource[], suite: string, codename: string | undefined): GuestSources | undefined {
  if (!codename) return undefined
  const fitting = sources.flatMap((source) => {
    const suites = [...new Set(source.suites.flatMap((name) => translate(name, suite, codename)))]
    const components = source.components.includes('main') ? source.components : []
    return suites.length > 0 && components.length > 0 ? [{ ...source, suites, components }] : []
  })
  if (!fitting.some((source) => source.suites.includes(suite))) return undefined
  const keyrings = fitting.flatMap(({ options }) => (options.get('Signed-By') ?? '').split(/[\s,]+/)).filter(isForeignKeyring)
  return { stanzas: formatDeb822(fitting), keyrings: [...new Set(keyrings)] }
}

/** `bookworm-security` is `trixie-security` for a guest of trixie; nothing, when it is of another release or has no such pocket. */
function translate(name: string, suite: string, codename: string): string[] {
  const pocket = pockets.find((candidate) => candidate !== '' && name.endsWith(candidate)) ?? ''
  const base = name.slice(0, name.length - pocket.length)
  if (base === suite) return [name]
  if (base !== codename && !aliases.includes(base)) return []
  if (pocket === '') return [suite]
  // the development release has itself alone; the older name of the security pocket is of older releases
  return suite === 'sid' || suite === 'unstable' || suite === 'experimental' ? [] : [suite + pocket]
}

function isForeignKeyring(path: string): boolean {
  return path.startsWith('/') && !path.startsWith('/usr/share/keyrings/debian-archive-')
}
