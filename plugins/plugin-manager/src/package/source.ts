import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import npa from 'npm-package-arg'
import { fail } from '@banger/core'

/** Where a plugin comes from. */
export interface PluginSource {
  kind: 'registry' | 'folder' | 'tarball' | 'git'
  /** What npm is told: `name@^1.2.0`, `file:/srv/x.tgz`, `git+https://…#main`. */
  spec: string
  /** Of a registry's package: its name, and the version, range or tag. */
  name?: string
  tag?: string
  /** Whether it names one version for good: a version, or a commit. */
  exact: boolean
}

/**
 * Reads how a user names a plugin: a path, a tarball's address, a git repository, or a package with its version, range or tag.
 * @throws plugin.no-source
 */
export async function readSource(word: string, folder: string): Promise<PluginSource> {
  const path = await readPath(word, folder)
  if (path) return path
  let parsed: ReturnType<typeof npa>
  try {
    parsed = npa(word, folder)
  } catch (error) {
    throw fail('plugin.no-source', { spec: word, reason: error instanceof Error ? error.message : String(error), advice }, error)
  }
  switch (parsed.type) {
    case 'git':
      return { kind: 'git', spec: parsed.saveSpec ?? word, exact: /^[0-9a-f]{40}$/.test(parsed.gitCommittish ?? '') }
    case 'remote':
      return { kind: 'tarball', spec: word, exact: false }
    case 'version':
    case 'range':
    case 'tag': {
      const tag = parsed.rawSpec === '*' ? 'latest' : parsed.rawSpec
      const name = parsed.name ?? ''
      return { kind: 'registry', spec: `${name}@${tag}`, name, tag, exact: parsed.type === 'version' }
    }
    default:
      throw fail('plugin.no-source', { spec: word, reason: `banger cannot install an npm ${parsed.type}.`, advice })
  }
}

const advice = 'Give a name (NAME, NAME@VERSION), a folder or a tarball (./my-plugin, ./x.tgz), or a git URL (git+https://…).'

/** What lies on this host. `a/b` is a folder where there is one, and a repository on GitHub where there is none, as for npm. */
async function readPath(word: string, folder: string): Promise<PluginSource | undefined> {
  const text = word.replace(/^file:(\/\/(?=\/))?/, '')
  const path = resolve(folder, text.replace(/^~(?=\/|$)/, homedir()))
  const found = await stat(path).catch(() => undefined)
  const isPath = text !== word || /^(\.{1,2}|~)?(\/|$)|^\.{1,2}$/.test(text) || /\.(tgz|tar\.gz|tar)$/.test(text)
  if (!found && /^[a-z+]+:/.test(text)) return undefined
  if (!found && !isPath) return undefined
  if (found && !isPath && !text.includes('/')) return undefined
  if (!found) throw fail('plugin.not-found', { spec: word, reason: `there is no ${path}.` })
  if (found.isDirectory()) {
    await stat(join(path, 'package.json')).catch((error: unknown) => {
      throw fail('plugin.not-a-plugin', { name: word, reason: 'the folder has no package.json.' }, error)
    })
    return { kind: 'folder', spec: `file:${path}`, exact: false }
  }
  return { kind: 'tarball', spec: `file:${path}`, exact: false }
}
