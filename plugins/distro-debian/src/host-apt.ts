import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AptSource, parseDeb822, parseList } from './apt-sources.ts'

/** The host's package sources; empty where it has no apt. */
export async function readHostSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const parts = join(folder, 'sources.list.d')
  const names = await readdir(parts).catch(() => [])
  const files = [join(folder, 'sources.list'), ...names.sort().map((name) => join(parts, name))]
  const sources: AptSource[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (file.endsWith('.list')) sources.push(...parseList(text))
    else if (file.endsWith('.sources')) sources.push(...parseDeb822(text))
  }
  return sources
}

/** `bookworm` on Debian 12, undefined on a host that is no Debian or has no name for its release. */
export async function hostCodename(file = '/etc/os-release'): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (!/^ID="?debian"?$/m.test(text)) return undefined
  return /^VERSION_CODENAME="?([a-z-]+)"?$/m.exec(text)?.[1]
}
