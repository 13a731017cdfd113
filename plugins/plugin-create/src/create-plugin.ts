import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '@banger/core'

export interface NewPlugin {
  /** The package's: `@me/banger-plugin-my-images`. */
  name: string
  /** What it is called in commands and settings: `my-images`. */
  shortName: string
  /** A folder of the templates: `image-source`. */
  kind: string
  /** Absolute path of the folder where banger keeps its templates, core and kit. */
  lib: string
}

/**
 * Makes a plugin of the templates. They are a plugin that works, whose name is `sample`.
 * @param folder absolute; new, or empty
 * @throws host.bad-path when it is neither; nothing is left behind then
 */
export async function createPlugin(folder: string, plugin: NewPlugin): Promise<void> {
  const packages = join(plugin.lib, 'node_modules/@banger')
  const made = await makeEmptyFolder(folder)
  try {
    for (const template of ['common', plugin.kind])
      await cp(join(packages, 'plugin-create/templates', template), folder, { recursive: true })
    await fillIn(folder, plugin)
    await dependOn(packages, join(folder, 'package.json'))
  } catch (error) {
    await rm(made ?? folder, { recursive: true, force: true })
    if (!made) await mkdir(folder)
    throw error
  }
}

/** @returns the uppermost folder that was made for it, undefined when it was there */
async function makeEmptyFolder(folder: string): Promise<string | undefined> {
  try {
    const made = await mkdir(folder, { recursive: true })
    if ((await readdir(folder)).length === 0) return made
  } catch (error) {
    throw fail('host.bad-path', { path: folder, reason: error instanceof Error ? error.message : String(error) }, error)
  }
  throw fail('host.bad-path', { path: folder, reason: 'it is there already and is not empty' })
}

/** Puts the plugin's own name in place of `sample`, in the files and in their names. */
async function fillIn(folder: string, { name, shortName }: NewPlugin): Promise<void> {
  const fill = (text: string) => text.replaceAll('banger-plugin-sample', name).replaceAll('sample', shortName)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    await writeFile(file, fill(await readFile(file, 'utf8')))
    await rename(file, join(entry.parentPath, fill(entry.name)))
  }
}

/** Has the plugin's tests find this banger's own core and kit, whose packages no registry has. */
async function dependOn(packages: string, file: string): Promise<void> {
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { devDependencies: Record<string, string> }
  const own = ['core', 'plugin-testkit'].map((name) => [`@banger/${name}`, `file:${join(packages, name)}`])
  const devDependencies = { ...Object.fromEntries(own), ...manifest.devDependencies }
  await writeFile(file, `${JSON.stringify({ ...manifest, devDependencies }, null, 2)}\n`)
}
