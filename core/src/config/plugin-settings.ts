import { join } from 'node:path'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'
import type { SettingsDeclaration, SettingsIssue } from '../hooks/settings.ts'
import { nearest } from '../nearest.ts'
import { isTopLevel } from './plugin-keys.ts'

/**
 * What the configuration says to a plugin: its table, and the top-level keys that are its own, as the plugin's schema reads them.
 * @param plugin the package's name, or its short one: `@banger/plugin-network-bridge`, `network-bridge`
 * @throws config.unknown-key, config.invalid, naming the key
 */
export function readSettings<Settings>(
  host: Pick<Host, 'config' | 'dirs'>,
  plugin: string,
  { schema, summaries }: SettingsDeclaration<Settings>,
): Settings {
  const table = shortName(plugin)
  const file = join(host.dirs.config, 'config.toml')
  const given = host.config(table)
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(summaries, key))
  if (unknown !== undefined)
    throw fail('config.unknown-key', { file, key: keyOf(table, [unknown]), suggestion: suggest(unknown, Object.keys(summaries)) })
  const result = schema['~standard'].validate(given)
  if (result instanceof Promise)
    throw fail('config.invalid', { file, reason: `the schema of [plugins.${table}] must not be asynchronous` })
  if (!result.issues) return result.value
  const [issue] = result.issues
  throw fail('config.invalid', { file, reason: `${keyOf(table, pathOf(issue))}: ${issue?.message ?? 'unknown problem'}` })
}

/** The keys of a plugin as the configuration has them: `plugins.network-bridge.isolate`, `cidr`. Sorted. */
export function settingsKeys(plugin: string, declaration: SettingsDeclaration | undefined): string[] {
  return Object.keys(declaration?.summaries ?? {})
    .map((key) => keyOf(shortName(plugin), [key]))
    .sort()
}

/** The name of a plugin's table: `@banger/plugin-auth-sync` and `banger-plugin-auth-sync` read `[plugins.auth-sync]`. */
export function shortName(plugin: string): string {
  return plugin.replace(/^(@[^/]+\/)?(banger-)?(plugin-)?/, '')
}

function keyOf(table: string, path: string[]): string {
  const topLevel = isTopLevel(table, path[0] ?? '')
  return [...(topLevel ? [] : ['plugins', table]), ...path].join('.')
}

function pathOf(issue: SettingsIssue | undefined): string[] {
  return (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
}

function suggest(key: string, known: string[]): string {
  const near = nearest(key, known)
  return near ? `Did you mean "${near}"?` : `The keys are: ${known.sort().join(', ') || 'none'}.`
}
