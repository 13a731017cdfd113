import { boolean } from '@oclif/core/flags'
import { SessionsClient } from '../../../client/session/sessions-client.ts'
import { BangerCommand } from '../../base.ts'
import { sessionArgs } from '../../session-args.ts'

export default class VmSessionDelete extends BangerCommand {
  static override description = 'Delete a session that has ended, with its output and status.'
  static override examples = [
    '<%= config.bin %> vm session delete testbox planner',
    '<%= config.bin %> vm session delete testbox planner --force',
  ]
  static override args = sessionArgs
  static override flags = { force: boolean({ char: 'f', description: 'kill it first when it runs' }) }

  async run(): Promise<{ deleted: string }> {
    const { args, flags } = await this.parse(VmSessionDelete)
    await new SessionsClient(this.client(), args.vm).delete(args.session, Boolean(flags.force))
    this.log(`Deleted ${args.session}`)
    return { deleted: args.session }
  }
}
