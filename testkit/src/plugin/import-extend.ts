import type { Extend } from '@banger/core'

/**
 * @param module URL of a plugin's module
 * @param identifier the export that package.json names
 */
export async function importExtend(module: string, identifier = 'extend'): Promise<Extend> {
  const exports = (await import(module)) as Record<string, Extend | undefined>
  const extend = exports[identifier]
  if (typeof extend !== 'function') throw new Error(`${module} exports no function ${identifier}`)
  return extend
}
