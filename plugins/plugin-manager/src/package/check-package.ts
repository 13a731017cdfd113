import { access } from 'node:fs/promises'
import { join } from 'node:path'
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
 * What can be told of a plugin by its package.json alone, before anything of it is installed.
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

/**
 * Whether what a plugin expects beside it is there: npm installs no peers for banger's plugins, since they share banger's core.
 * @param modules the `node_modules` that it lies in
 * @throws plugin.peer
 */
export async function checkPeers(name: string, manifest: PackageManifest, modules: string): Promise<void> {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest
  const wanted = Object.keys(peerDependencies).filter((peer) => peer !== '@banger/core' && !peerDependenciesMeta[peer]?.optional)
  const there = await Promise.all(
    wanted.map((peer) =>
      access(join(modules, peer)).then(
        () => true,
        () => false,
      ),
    ),
  )
  const missing = wanted.filter((_, index) => !there[index])
  if (missing.length > 0) throw fail('plugin.peer', { name, missing: missing.join(', ') })
}

/** A range that semver cannot read, as of a workspace, says nothing. */
function fits(version: string, range: string): boolean {
  return semver.validRange(range) === null || semver.satisfies(version, range, { includePrerelease: true })
}
