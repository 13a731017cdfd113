import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '@banger/core'
import { type NpmContext, runNpm } from '../npm/run-npm.ts'
import type { PluginSource } from './source.ts'

/** A plugin's package as one file, whatever it came from. */
export interface PackedPlugin {
  name: string
  version: string
  /** Name of the file in the folder. */
  file: string
  /** `sha512-…` of the file; of a registry's package npm has compared it with what the registry says. */
  integrity: string
  /** Of a git repository. */
  commit?: string
}

/** Fetches or makes the tarball of a plugin. No script of it is run. @throws as `runNpm` */
export async function packPlugin(npm: NpmContext, source: PluginSource, folder: string): Promise<PackedPlugin> {
  await mkdir(folder, { recursive: true })
  const commit = source.kind === 'git' ? await commitOf(npm, source.spec, folder) : undefined
  const spec = commit ? `${source.spec.replace(/#.*$/, '')}#${commit}` : source.spec
  const args = ['pack', spec, '--ignore-scripts', '--pack-destination', folder]
  const said = await runNpm(npm, { args, cwd: folder, about: source.spec })
  const [packed] = Object.values(said as Record<string, { name: string; version: string; filename: string; integrity: string }>)
  if (!packed?.integrity) throw fail('plugin.unreadable', { spec: source.spec, reason: 'npm made no tarball of it.' })
  const { name, version, integrity, filename } = packed
  // Some versions of npm print a scoped name as it is.
  const file = filename.replace(/^@/, '').replace('/', '-')
  return { name, version, integrity, file, ...(commit ? { commit } : {}) }
}

/** The commit that a branch, a tag or a range of a repository stands for just now. */
async function commitOf(npm: NpmContext, spec: string, folder: string): Promise<string | undefined> {
  const known = /#([0-9a-f]{40})$/.exec(spec)?.[1]
  if (known) return known
  const lookUp = join(folder, '.look-up')
  await mkdir(lookUp, { recursive: true })
  // Without one npm works in a folder above.
  await writeFile(join(lookUp, 'package.json'), '{}')
  try {
    const args = ['install', spec, '--package-lock-only', '--ignore-scripts', '--legacy-peer-deps']
    await runNpm(npm, { args, cwd: lookUp, about: spec })
    const lock = JSON.parse(await readFile(join(lookUp, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>
    }
    const resolved = Object.values(lock.packages).map((entry) => /#([0-9a-f]{40})$/.exec(entry.resolved ?? '')?.[1])
    return resolved.find((found) => found !== undefined)
  } finally {
    await rm(lookUp, { recursive: true, force: true })
  }
}
