import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { json } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { fail } from '@banger/core'

/** What banger reads of a plugin's package.json. */
export interface PackageManifest {
  name?: string
  version?: string
  engines?: { node?: string }
  peerDependencies?: Record<string, string>
  oclif?: { commands?: unknown; hooks?: Record<string, unknown>; plugins?: unknown }
}

/** The package.json in a package's tarball (https://docs.npmjs.com/cli/commands/npm-pack). @throws plugin.unreadable */
export async function readPackage(tarball: string): Promise<PackageManifest> {
  const entries = extract()
  let found: PackageManifest | undefined
  const read = async (): Promise<void> => {
    for await (const entry of entries) {
      if (/^[^/]+\/package\.json$/.test(entry.header.name)) found ??= (await json(entry)) as PackageManifest
      else entry.resume()
    }
  }
  try {
    await Promise.all([pipeline(createReadStream(tarball), createGunzip(), entries), read()])
  } catch (error) {
    throw fail('plugin.unreadable', { spec: tarball, reason: error instanceof Error ? error.message : String(error) }, error)
  }
  if (!found) throw fail('plugin.unreadable', { spec: tarball, reason: 'it has no package.json.' })
  return found
}
