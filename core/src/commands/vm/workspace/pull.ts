import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { describePull } from '../../../client/output/workspace.ts'
import { WorkspaceClient } from '../../../client/workspace/workspace-client.ts'
import { defaultGuestPath, type PulledWorkspace } from '../../../protocol/workspace.ts'
import { BangerCommand } from '../../base.ts'

export default class VmWorkspacePull extends BangerCommand {
  static override description = `Bring back what was done in a VM's workspace.
To the checkout that it was prepared from. Commits become references (refs/banger/VM/heads/BRANCH), or a branch with --branch. What is not committed there goes into the working tree, file by file.
Nothing of yours is overwritten: a file that has changed on both sides is left as it is here and told, the VM's version is kept under a reference, and the exit status is 1. What only you have changed stays.`
  static override usage = 'vm workspace pull VM [--guest-path DIR] [--branch NEW] [--json]'
  static override examples = [
    '<%= config.bin %> vm workspace pull testbox',
    '<%= config.bin %> vm workspace pull testbox --branch from-testbox',
  ]
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    'guest-path': Flags.string({ description: 'absolute path of the workspace in the VM', default: defaultGuestPath }),
    'branch': Flags.string({ description: "new branch to make of the VM's commits" }),
  }

  async run(): Promise<PulledWorkspace> {
    const { args, flags } = await this.parse(VmWorkspacePull)
    const request = { guestPath: flags['guest-path'], ...(flags.branch === undefined ? {} : { branch: flags.branch }) }
    const workspaces = new WorkspaceClient(this.client())
    const pulled = await this.operate((live) => workspaces.pull(args.vm, request, live))
    this.log(describePull(pulled))
    for (const warning of pulled.warnings) this.note(`Warning: ${warning}`)
    if (pulled.conflicts.length > 0) process.exitCode = 1
    return pulled
  }
}
