import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { workspaceFlags, workspaceSource } from '../../../client/input/workspace-flags.ts'
import { describeWorkspace } from '../../../client/output/workspace.ts'
import { WorkspaceClient } from '../../../client/workspace/workspace-client.ts'
import { defaultGuestPath, type PreparedWorkspace } from '../../../protocol/workspace.ts'
import { BangerCommand } from '../../base.ts'

export default class VmWorkspacePrepare extends BangerCommand {
  static override description = `Bring a git checkout into a running VM, just as it stands.
The VM gets a repository of its own with the tracked files and those that git does not ignore: changed, staged, deleted and untracked ones as they are. The checkout is only read; hooks, passwords in addresses and ignored files stay here.
Run it again to send what has changed since. It refuses to write over work done in the VM: bring that here with vm workspace pull, or throw it away with --overwrite.`
  static override usage =
    'vm workspace prepare VM [PATH] [--guest-path DIR] [--mode shallow|full_copy] [--branch NEW [--from REF]] [--readonly] [--overwrite] [--json]'
  static override examples = [
    '<%= config.bin %> vm workspace prepare testbox',
    '<%= config.bin %> vm workspace prepare testbox ../lib --guest-path /root/lib',
    '<%= config.bin %> vm workspace prepare testbox --branch try-it --from origin/main',
  ]
  static override completes = { path: 'folder' }
  static override args = {
    vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }),
    path: string({ description: 'the checkout, or a folder in it', default: '.', ignoreStdin: true }),
  }
  static override flags = {
    'guest-path': Flags.string({ description: 'absolute path of the folder in the VM', default: defaultGuestPath }),
    ...workspaceFlags,
    readonly: Flags.boolean({ description: 'let nobody in the VM write it' }),
    overwrite: Flags.boolean({ description: 'throw away what was changed in the VM' }),
  }

  async run(): Promise<PreparedWorkspace> {
    const { args, flags } = await this.parse(VmWorkspacePrepare)
    const request = {
      ...workspaceSource(args.path, flags),
      guestPath: flags['guest-path'],
      readonly: flags.readonly,
      overwrite: flags.overwrite,
    }
    const workspaces = new WorkspaceClient(this.client())
    const prepared = await this.operate((live) => workspaces.prepare(args.vm, request, live))
    this.log(describeWorkspace(prepared))
    for (const warning of prepared.warnings) this.note(`Warning: ${warning}`)
    return prepared
  }
}
