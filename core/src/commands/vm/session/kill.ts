import { describeSession } from '../../../client/output/session.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import type { Session } from '../../../protocol/session.ts'
import { BangerCommand } from '../../base.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionKill extends BangerCommand {
  static override description = `Kill a session.
All its processes at once, their children too. Its output and status stay until it is deleted.`
  static override examples = ['<%= config.bin %> vm session kill testbox planner']
  static override args = sessionArgs

  async run(): Promise<Session> {
    const { args } = await this.parse(VmSessionKill)
    const session = await new SessionsClient(this.client(), args.vm).kill(args.session)
    this.log(describeSession(session))
    return session
  }
}
