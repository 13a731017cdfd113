import { BangerCommand, formatTable } from '@banger/core/command'
import { findMismatch, listPlugins, type ListedPlugin } from '../../describe/plugin-list.ts'
import { describeAdditions } from '../../describe/words.ts'
import { toBangerError } from '@banger/core'

export default class Plugins extends BangerCommand {
  static override description =
    'List the plugins, with what each of them adds.\nThose that are a part of banger, and those that you installed or linked.'
  static override examples = ['<%= config.bin %> plugins', '<%= config.bin %> plugins --json']

  async run(): Promise<ListedPlugin[]> {
    await this.parse(Plugins)
    const { data } = (await this.host()).dirs
    // What is installed can be seen, and removed, also when it keeps the daemon from starting.
    const info = await this.client()
      .info()
      .catch((error: unknown) => void this.note(toBangerError(error).message))
    const plugins = await listPlugins(this.config.root, data, info ?? undefined)
    this.log(table(plugins))
    for (const { name, reason } of plugins) if (reason) this.note(`${name}: ${reason}`)
    const mismatch = info && findMismatch(plugins, data, info)
    if (mismatch) this.note(mismatch)
    return plugins
  }
}

function table(plugins: ListedPlugin[]): string {
  return formatTable(plugins, {
    name: ({ name }) => name,
    version: ({ version, installed }) => `${version}${installed?.pinned ? ' (pinned)' : ''}`,
    origin: ({ origin }) => origin,
    state: ({ status }) => status,
    adds: ({ adds }) => describeAdditions(adds).join('; '),
  })
}
