import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from './manifest.ts'

/**
 * What a package's tarball is called in a set: its contents have a part in the name, since npm takes a file of the same name for the
 * one that it has installed already.
 * @param file as npm calls it: `banger-plugin-x-1.0.0.tgz`
 */
export function tarballName(file: string, integrity: string): string {
  const digest = Buffer.from(integrity.slice(integrity.indexOf('-') + 1), 'base64').toString('hex', 0, 6)
  return file.replace(/\.tgz$/, `-${digest}.tgz`)
}

/** Absolute path of the tarball that a plugin was installed from, or undefined. */
export async function tarballOf(set: string, name: string): Promise<string | undefined> {
  const { dependencies = {} } = await readManifest(set)
  return fileOf(dependencies[name], set)
}

/** Removes tarballs that no plugin is installed from any more. */
export async function removeUnusedTarballs(set: string): Promise<void> {
  const { dependencies = {} } = await readManifest(set)
  const used = Object.values(dependencies).map((spec) => fileOf(spec, set))
  for (const name of await readdir(join(set, 'tarballs'))) {
    const file = join(set, 'tarballs', name)
    if (!used.includes(file)) await rm(file)
  }
}

function fileOf(spec: string | undefined, set: string): string | undefined {
  return spec?.startsWith('file:tarballs/') ? join(set, spec.slice('file:'.length)) : undefined
}
