import { Args, canAsk, confirm, Flags } from '@banger/core/command'
import { installPlugin } from '../../install.ts'
import { ManagerCommand } from '../../manager-command.ts'
import { readSource } from '../../package/source.ts'
import type { InstalledEntry } from '../../set/manifest.ts'

export default class PluginsInstall extends ManagerCommand {
  static override description = `Install plugins.
From the npm registry, a folder, a tarball or a git repository.
A plugin runs as you, with all of your rights; install what you trust. Install scripts of packages do not run unless you allow them.
An exact version, a commit, or --pin keeps plugins update from replacing it.`
  static override examples = [
    '<%= config.bin %> plugins install banger-plugin-tarball',
    '<%= config.bin %> plugins install banger-plugin-tarball@1.2.0',
    '<%= config.bin %> plugins install ./my-plugin',
    '<%= config.bin %> plugins install ./banger-plugin-tarball-1.2.0.tgz --yes',
    '<%= config.bin %> plugins install git+https://git.example.org/me/my-plugin.git#v1',
  ]
  static override completes = { plugin: 'file' }
  static override args = {
    plugin: Args.string({
      description: 'package, folder, tarball or git URL',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    'pin': Flags.boolean({ description: 'leave it at this version when plugins are updated' }),
    'allow-scripts': Flags.boolean({ description: 'let install scripts run, of the plugin and of its dependencies' }),
    'yes': Flags.boolean({ char: 'y', description: 'do not ask' }),
  }

  async run(): Promise<InstalledEntry[] | undefined> {
    const { args, flags } = await this.parse(PluginsInstall)
    const sources = await Promise.all(args.plugin.map((word) => readSource(word, process.cwd())))
    if (!(await this.#mayInstall(flags.yes))) {
      this.note('Nothing was installed.')
      return undefined
    }
    const installed: InstalledEntry[] = []
    for (const source of sources) {
      const options = { source, pin: flags.pin || source.exact, scripts: flags['allow-scripts'] }
      const { entry, before } = await this.change((manager) => installPlugin(manager, options))
      this.log(`${describe(entry)} is installed${before ? ` in place of ${before.version ?? 'another version'}` : ''}.`)
      installed.push(entry)
    }
    await this.takeUp()
    return installed
  }

  /** Says what it means to install a plugin; asks where somebody can answer. */
  async #mayInstall(yes: boolean): Promise<boolean> {
    if (yes) return true
    this.note('A plugin runs as you, in the daemon and in commands: it can read, change and delete whatever you can.')
    return this.jsonEnabled() || !canAsk() ? true : confirm('Install it?')
  }
}

function describe({ name, version, pinned }: InstalledEntry): string {
  return `${name} ${version ?? ''}${pinned ? ' (pinned)' : ''}`
}
