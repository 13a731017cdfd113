import { formatArgv, formatHolder, formatState } from '../../../client/output/session.ts'
import { formatFields } from '../../../client/output/table.ts'
import { formatAge, formatBytes } from '../../../client/output/units.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import type { Session } from '../../../protocol/session.ts'
import { BangerCommand } from '../../base.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionShow extends BangerCommand {
  static override description = 'Show everything about a session.\nIts state, who is attached, and the socket to attach at.'
  static override examples = [
    '<%= config.bin %> vm session show testbox planner',
    '<%= config.bin %> vm session show testbox planner --json',
  ]
  static override args = sessionArgs

  async run(): Promise<Session> {
    const { args } = await this.parse(VmSessionShow)
    const session = await new SessionsClient(this.client(), args.vm).show(args.session)
    this.log(describe(session))
    return session
  }
}

function describe(session: Session): string {
  const { oldest, end } = session.output
  return formatFields({
    name: session.name,
    id: session.id,
    vm: session.vm,
    state: formatState(session),
    'status unknown': session.lost,
    command: formatArgv(session.argv),
    folder: session.cwd,
    user: session.user,
    pid: session.pid,
    stdin: session.stdinMode,
    attached: formatHolder(session),
    socket: session.socket,
    output: `${formatBytes(end)}${oldest > 0 ? `, of which the last ${formatBytes(end - oldest)} are kept` : ''}`,
    started: formatAge(session.startedAt),
    ended: session.endedAt === undefined ? undefined : formatAge(session.endedAt),
  })
}
