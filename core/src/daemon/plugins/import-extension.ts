import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import semver from 'semver'
import type { BangerPlugin, Extend } from '../../hooks/plugin.ts'
import type { Bounded } from './bounded.ts'
import type { FoundPlugin } from './find-plugins.ts'

const event = 'banger:extend'

/**
 * Imports what a plugin's package.json names under `oclif.hooks["banger:extend"]`, an ES module or CommonJS, and calls it.
 * @returns undefined for a plugin without that hook, which adds commands only
 * @throws plugin.hung; Error saying what is wrong with the plugin, to follow "could not be loaded:"
 */
export async function importExtension(
  { root, manifest }: FoundPlugin,
  bounded: Bounded,
): Promise<BangerPlugin<unknown> | undefined> {
  const hook = manifest.oclif?.hooks?.[event]
  if (hook === undefined) return undefined
  const { target, identifier } = parseHook(hook)
  const file = resolveTarget(root, target)
  const module = await bounded('was imported', () => importFile(file, target))
  const extend = module[identifier] ?? (module.default as Record<string, unknown> | undefined)?.[identifier]
  if (typeof extend !== 'function') throw new Error(`${target} exports no function "${identifier}"`)
  return checked(await bounded('ran its extend', () => callExtend(extend as Extend)))
}

function parseHook(hook: unknown): { target: string; identifier: string } {
  const one: unknown = Array.isArray(hook) && hook.length === 1 ? hook[0] : hook
  if (typeof one === 'string') return { target: one, identifier: 'default' }
  const { target, identifier = 'default' } = (one ?? {}) as { target?: unknown; identifier?: unknown }
  if (typeof target === 'string' && typeof identifier === 'string') return { target, identifier }
  throw new Error(`its package.json names no file under oclif.hooks["${event}"]`)
}

/** A target may lack its extension, as oclif allows. */
function resolveTarget(root: string, target: string): string {
  const path = join(root, target)
  const found = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, join(path, 'index.js')].find(isFile)
  if (!found) throw new Error(`there is no ${target}, which its package.json names under oclif.hooks["${event}"]`)
  return found
}

async function importFile(file: string, target: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    // Its message does not say where.
    const place = error instanceof SyntaxError ? ` (node --check ${file} says where)` : ''
    throw new Error(`${target} cannot be imported: ${describe(error)}${place}`, { cause: error })
  }
}

async function callExtend(extend: Extend): Promise<unknown> {
  try {
    return await extend()
  } catch (error) {
    throw new Error(`its extend failed: ${describe(error)}`, { cause: error })
  }
}

function checked(value: unknown): BangerPlugin<unknown> {
  const plugin = value as Partial<BangerPlugin<unknown>> | undefined | null
  if (typeof plugin?.apply !== 'function') throw new Error('its extend returned no plugin, { name, coreRange, apply }')
  if (typeof plugin.coreRange !== 'string' || semver.validRange(plugin.coreRange) === null)
    throw new Error(`its coreRange is no range of versions: ${JSON.stringify(plugin.coreRange)}`)
  return plugin as BangerPlugin<unknown>
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
