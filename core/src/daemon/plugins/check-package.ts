import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { fail } from '../../errors.ts'
import { type FoundPlugin, packageFolder } from './find-plugins.ts'

/**
 * Checks what a plugin's package.json asks for, before anything of the plugin runs.
 * @param version banger's own
 * @throws plugin.node, plugin.range, plugin.peer
 */
export function checkPackage({ name, root, manifest }: FoundPlugin, version: string, node = process.versions.node): void {
  const { engines, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
  if (engines?.node && !satisfies(node, engines.node)) throw fail('plugin.node', { name, range: engines.node, version: node })
  for (const [peer, range] of Object.entries(peerDependencies)) {
    // banger's own copy is what every plugin gets, whatever is installed beside it.
    if (peer === '@banger/core') checkCore(name, range, version)
    else if (!peerDependenciesMeta[peer]?.optional) checkPeer(name, root, peer, range)
  }
}

/** @throws plugin.range */
export function checkCore(plugin: string, range: string, version: string): void {
  if (!satisfies(version, range)) throw fail('plugin.range', { plugin, range, version })
}

function checkPeer(name: string, root: string, peer: string, range: string): void {
  const folder = packageFolder(peer, realpathSync(root))
  if (!folder) throw fail('plugin.peer', { name, missing: `${peer} ${range}` })
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  if (!satisfies(version, range)) throw fail('plugin.peer', { name, missing: `${peer} ${range} (${version} is there)` })
}

/** A range that is none counts as met, as it does for npm. */
function satisfies(version: string, range: string): boolean {
  return semver.validRange(range) === null || semver.satisfies(version, range, { includePrerelease: true })
}
