import { Args, BangerCommand, fail, formatFields } from '@banger/core/command'
import { type ListedPlugin, listPlugins } from '../../describe/plugin-list.ts'
import { describeAdditions } from '../../describe/words.ts'
import { readManifest } from '../../set/manifest.ts'
import { verifyPlugin } from '../../verify.ts'

/** Beside what is listed: what differs from what was installed; empty when nothing does. */
type Inspected = ListedPlugin & { changes?: string[] }

export default class PluginsInspect extends BangerCommand {
  static override description =
    'Show everything about a plugin.\nWhat it adds, where it came from, the digest that was recorded, and whether its files are still what was installed.'
  static override examples = ['<%= config.bin %> plugins inspect @banger/plugin-vmm-qemu']
  static override args = {
    plugin: Args.string({ description: 'name of a plugin', required: true, multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<Inspected[]> {
    const { args } = await this.parse(PluginsInspect)
    const { data } = (await this.host()).dirs
    const info = await this.client()
      .info()
      .catch(() => undefined)
    const plugins = await listPlugins(this.config.root, data, info)
    const inspected = await Promise.all(
      args.plugin.map(async (name) => {
        const plugin = plugins.find((listed) => listed.name === name)
        if (!plugin) throw fail('plugin.none', { name })
        return { ...plugin, ...(await changesOf(name, data)) }
      }),
    )
    this.log(inspected.map(describe).join('\n\n'))
    return inspected
  }
}

async function changesOf(name: string, data: string): Promise<{ changes?: string[] }> {
  const entry = (await readManifest(data)).oclif.plugins.find((listed) => listed.name === name)
  const changes = entry?.type === 'user' ? await verifyPlugin(data, entry) : undefined
  return changes ? { changes } : {}
}

function describe({ name, version, origin, status, reason, root, adds, installed, changes }: Inspected): string {
  return formatFields({
    name,
    version: `${version}${installed?.pinned ? ' (pinned)' : ''}`,
    origin,
    state: reason ? `${status}: ${reason}` : status,
    folder: root,
    adds: describeAdditions(adds).join('\n') || 'nothing',
    source: installed && (installed.url ?? `${name}@${installed.tag ?? 'latest'}`),
    commit: installed?.commit,
    integrity: installed?.integrity,
    scripts: installed && (installed.scripts ? 'allowed' : 'off'),
    files: changes && (changes.length === 0 ? 'as installed' : changes.join('\n')),
  })
}
