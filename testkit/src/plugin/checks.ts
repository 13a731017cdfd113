import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import semver from 'semver'
import { type Check, once } from '../check.ts'
import { loadInProcess } from './load-in-process.ts'

export interface PluginSubject {
  /** URL of the plugin's package.json: `new URL('../package.json', import.meta.url)`. */
  package: URL
  /** URL of the module with the plugin's `extend`, where it is not the one that package.json names: the source of one that is built. */
  extend?: URL
}

interface Manifest {
  name?: string
  version?: string
  oclif?: { commands?: unknown; hooks?: Record<string, string | { target: string; identifier?: string }> }
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

/** What every plugin promises: that oclif finds it, and that it taps banger's hooks and does nothing else when it is loaded. */
export function pluginChecks(subject: PluginSubject): Check[] {
  const manifest = JSON.parse(readFileSync(subject.package, 'utf8')) as Manifest
  const hook = manifest.oclif?.hooks?.['banger:extend']
  const target = typeof hook === 'string' ? { target: hook } : hook
  return [
    { sentence: 'is an oclif plugin: package.json says what it adds', run: async () => isOclifPlugin(manifest) },
    { sentence: 'uses the core that it is loaded into, as a peer dependency', run: async () => hasPeer(manifest) },
    ...(target ? extendChecks(subject, manifest, target) : []),
  ]
}

function extendChecks(
  subject: PluginSubject,
  { name }: Manifest,
  { target, identifier = 'default' }: { target: string; identifier?: string },
): Check[] {
  const module = subject.extend ?? new URL(target, subject.package)
  const load = once(() => loadInProcess(module.href, identifier))
  return [
    {
      sentence: 'can be loaded',
      run: async () => {
        assert.ok(existsSync(module), `package.json names ${target} for banger:extend, and ${fileURLToPath(module)} is not there`)
        await load()
      },
    },
    {
      sentence: "goes by its package's name",
      run: async () => assert.equal((await load()).loaded.name, name, 'extend() gives another name than package.json'),
    },
    {
      sentence: 'names a range of versions of core that holds for this one',
      run: async () => holdsForCore((await load()).loaded.coreRange),
    },
    {
      sentence: 'taps hooks, and registers what it adds, under its own name alone',
      run: async () => {
        const { taps, registered } = (await load()).loaded
        assert.ok(taps.length > 0, 'it taps no hook: apply(hooks, host) does nothing')
        for (const tap of taps) assert.equal(tap, name, `it taps a hook as ${tap}`)
        for (const { what, plugin } of registered) assert.equal(plugin, name, `it registers the ${what} as ${plugin}'s`)
      },
    },
    {
      sentence: 'does nothing else when it is loaded: no file, no output, nothing that runs on',
      run: async () => {
        const { loaded, files, output, ended } = await load()
        assert.deepEqual(loaded.running, [], `it leaves running: ${loaded.running.join(', ')}`)
        assert.deepEqual(files, [], `it writes files: ${files.join(', ')}`)
        assert.equal(output, '', `it writes to stdout: ${output}`)
        assert.ok(ended, 'it keeps the process that loads it alive')
      },
    },
  ]
}

function isOclifPlugin({ name, version, oclif }: Manifest): void {
  assert.match(name ?? '', /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, `"${name}" is no name of a package`)
  assert.ok(semver.valid(version), `"${version}" is no version`)
  assert.ok(oclif, 'package.json has no "oclif"')
  assert.ok(oclif.commands ?? oclif.hooks, 'its "oclif" names neither commands nor hooks')
}

function hasPeer({ dependencies = {}, peerDependencies = {} }: Manifest): void {
  const range = peerDependencies['@banger/core']
  assert.ok(!('@banger/core' in dependencies), '@banger/core is among its dependencies: it would bring a core of its own')
  assert.ok(range, '@banger/core is not among its peerDependencies')
  holdsForCore(range)
}

function holdsForCore(range: unknown): void {
  const version = coreVersion()
  assert.ok(typeof range === 'string' && semver.validRange(range), `"${range}" is no range of versions`)
  assert.ok(semver.satisfies(version, range, { includePrerelease: true }), `core is ${version} here, which is not in ${range}`)
}

function coreVersion(): string {
  const file = findPackageJSON('@banger/core', import.meta.url)
  assert.ok(file, '@banger/core is not installed')
  return (JSON.parse(readFileSync(pathToFileURL(file), 'utf8')) as { version: string }).version
}
