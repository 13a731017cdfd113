import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackageManifest } from '../package/read-package.ts'

/**
 * The commands of a plugin, as they are typed: from its oclif.manifest.json, or by the files of its commands folder, as oclif itself
 * finds them (https://oclif.io/docs/command_discovery_strategies). Nothing of the plugin is run.
 */
export async function commandsOf(root: string): Promise<string[]> {
  const listed = await readJson<{ commands?: Record<string, { hidden?: boolean }> }>(join(root, 'oclif.manifest.json'))
  const ids = listed?.commands
    ? Object.entries(listed.commands).flatMap(([id, { hidden }]) => (hidden ? [] : [id]))
    : await commandFiles(root)
  return ids.map((id) => id.replaceAll(':', ' ')).sort()
}

async function commandFiles(root: string): Promise<string[]> {
  const manifest = await readJson<PackageManifest>(join(root, 'package.json'))
  const commands = manifest?.oclif?.commands as string | { strategy?: string; target?: string } | undefined
  const folder = typeof commands === 'string' ? commands : commands?.strategy === 'pattern' ? commands.target : undefined
  if (!folder) return []
  const ids: string[] = []
  for await (const file of glob('**/*.{js,cjs,mjs}', { cwd: join(root, folder) })) {
    ids.push(
      file
        .replace(/(^|\/)index\.[cm]?js$/, '')
        .replace(/\.[cm]?js$/, '')
        .replaceAll('/', ':'),
    )
  }
  return ids.filter((id) => id !== '')
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
