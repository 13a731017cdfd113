import { describeSession } from '../../../client/output/session.ts'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import type { Session } from '../../../protocol/session.ts'
import { BangerCommand } from '../../base.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionStop extends BangerCommand {
  static override description = `Ask a session to end.
By SIGTERM; what is left of it after 10 seconds is killed. Its output and status stay until it is deleted.`
  static override examples = ['<%= config.bin %> vm session stop testbox planner']
  static override args = sessionArgs

  async run(): Promise<Session> {
    const { args } = await this.parse(VmSessionStop)
    const session = await new SessionsClient(this.client(), args.vm).stop(args.session)
    this.log(describeSession(session))
    return session
  }
}
