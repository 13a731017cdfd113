import semver from 'semver'
import { fail } from '@banger/core'
import type { PackageManifest } from './read-package.ts'

export interface Around {
  /** Version of banger. */
  version: string
  /** Names of the plugins that are a part of banger. */
  bundled: string[]
}

/**
 * What can be told of a plugin by its package.json alone, before anything of it is installed. What it expects beside it, its peers,
 * the daemon's loader looks for (`trySet`).
 * @throws plugin.not-a-plugin, plugin.bundled, plugin.node, plugin.range
 */
export function checkPackage(name: string, manifest: PackageManifest, { version, bundled }: Around): void {
  const { oclif, engines, peerDependencies } = manifest
  if (!oclif) throw fail('plugin.not-a-plugin', { name, reason: 'its package.json has no "oclif".' })
  if (!oclif.commands && !oclif.plugins && Object.keys(oclif.hooks ?? {}).length === 0)
    throw fail('plugin.not-a-plugin', { name, reason: 'its package.json lists neither commands nor hooks under "oclif".' })
  if (bundled.includes(name)) throw fail('plugin.bundled', { name })
  const node = engines?.node
  if (node && !fits(process.version, node)) throw fail('plugin.node', { name, range: node, version: process.version })
  const core = peerDependencies?.['@banger/core']
  if (core && !fits(version, core)) throw fail('plugin.range', { plugin: name, range: core, version })
}

/** A range that semver cannot read, as of a workspace, says nothing. */
function fits(version: string, range: string): boolean {
  return semver.validRange(range) === null || semver.satisfies(version, range, { includePrerelease: true })
}
