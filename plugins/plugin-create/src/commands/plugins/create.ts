import { resolve } from 'node:path'
import { Args, BangerCommand, Flags } from '@banger/core/command'
import { createPlugin } from '../../create-plugin.ts'
import { kinds } from '../../kinds.ts'
import { packageNameOf, shortNameOf } from '../../plugin-name.ts'

interface CreatedPlugin {
  /** Absolute. */
  folder: string
  /** The package's. */
  name: string
  kind: string
}

export default class PluginsCreate extends BangerCommand {
  static override description =
    'Begin a plugin of your own.\nMakes a package that works as it is, with tests of what banger expects of such a plugin.'
  static override examples = [
    '<%= config.bin %> plugins create my-images',
    '<%= config.bin %> plugins create ./my-command --kind command --name banger-plugin-hello',
  ]
  static override args = { folder: Args.string({ description: 'a new or empty folder', required: true, ignoreStdin: true }) }
  static override flags = {
    kind: Flags.string({ description: 'what it adds to banger', options: Object.keys(kinds), default: 'image-source' }),
    name: Flags.string({ description: "the package's name; banger-plugin-<folder> unless told" }),
  }

  async run(): Promise<CreatedPlugin> {
    const { args, flags } = await this.parse(PluginsCreate)
    const folder = resolve(args.folder)
    const name = flags.name ?? packageNameOf(folder)
    await createPlugin(folder, { name, shortName: shortNameOf(name), kind: flags.kind, lib: this.config.root })
    this.log(`${args.folder} is here: the plugin ${name}, ${kinds[flags.kind]}.`)
    this.log(`Next:\n  cd ${args.folder}\n  npm install\n  npm test\n  banger plugins link .`)
    return { folder, name, kind: flags.kind }
  }
}
