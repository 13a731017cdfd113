import { string } from '@oclif/core/args'
import { formatArgv, formatState } from '../../../client/output/session.ts'
import { formatTable } from '../../../client/output/table.ts'
import { formatAge } from '../../../client/output/units.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import type { Session } from '../../../protocol/session.ts'
import { BangerCommand } from '../../base.ts'

export default class VmSessionList extends BangerCommand {
  static override description = 'List the sessions of a running VM.\nThose that have ended, too.'
  static override examples = ['<%= config.bin %> vm session list testbox', '<%= config.bin %> vm session list testbox --json']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<Session[]> {
    const { args } = await this.parse(VmSessionList)
    const sessions = await new SessionsClient(this.client(), args.vm).list()
    if (sessions.length > 0) this.log(table(sessions))
    else this.note(`There are no sessions. Start one with: banger vm session start ${args.vm} -- COMMAND`)
    return sessions
  }
}

function table(sessions: Session[]): string {
  return formatTable(sessions, {
    name: ({ name }) => name,
    state: formatState,
    stdin: ({ stdinMode }) => stdinMode,
    'attached pid': ({ attached }) => attached?.pid,
    started: ({ startedAt }) => formatAge(startedAt),
    command: ({ argv }) => formatArgv(argv),
  })
}
