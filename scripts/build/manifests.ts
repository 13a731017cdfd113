import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Config, Plugin } from '@oclif/core'

/** Writes each plugin's oclif.manifest.json, from which oclif lists commands and prints help without loading any. */
export async function writeManifests(lib: string): Promise<void> {
  const config = await Config.load({ root: lib, ignoreManifest: true, userPlugins: false, devPlugins: false })
  for (const plugin of config.getPluginsList()) {
    if (!(plugin instanceof Plugin)) throw new Error(`${plugin.name} has no manifest`)
    const { manifest } = plugin
    // oclif's own flag, in banger's words.
    for (const { flags } of Object.values(manifest.commands)) if (flags.json) flags.json.description = 'print the data as JSON'
    await writeFile(join(plugin.root, 'oclif.manifest.json'), JSON.stringify(manifest))
  }
}
