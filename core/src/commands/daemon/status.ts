import { connect } from '../../client/connect.ts'
import { formatFields } from '../../client/output/table.ts'
import { formatAge } from '../../client/output/units.ts'
import { isError } from '../../errors.ts'
import type { DaemonInfo } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class DaemonStatus extends BangerCommand {
  static override description = 'Show whether the daemon runs, and where it keeps its files.\nExits with 3 when it does not run.'
  static override examples = ['<%= config.bin %> daemon status', '<%= config.bin %> daemon status --json']

  async run(): Promise<({ running: true } & DaemonInfo) | { running: false }> {
    await this.parse(DaemonStatus)
    try {
      const info = await connect({ start: false }).info()
      this.log(describe(info))
      return { running: true, ...info }
    } catch (error) {
      if (!isError(error, 'daemon.not-running')) throw error
      this.log('The daemon is not running. It starts by itself with the next command that needs it.')
      process.exitCode = 3
      return { running: false }
    }
  }
}

function describe(info: DaemonInfo): string {
  return formatFields({
    version: info.version,
    pid: info.pid,
    started: formatAge(info.startedAt),
    vms: `${info.vms.running} of ${info.vms.total} running`,
    socket: info.socket,
    log: info.log,
    config: info.dirs.config,
    state: info.dirs.state,
    cache: info.dirs.cache,
    plugins: info.plugins
      .map(({ name, version, status, reason }) => `${name} ${version}${status === 'ok' ? '' : ` (failed: ${reason})`}`)
      .join('\n'),
  })
}
