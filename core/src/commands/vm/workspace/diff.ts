import { string } from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { visible } from '../../../client/output/visible.ts'
import { diffNotes } from '../../../client/output/workspace.ts'
import { WorkspaceClient } from '../../../client/workspace/workspace-client.ts'
import { defaultGuestPath, type WorkspaceDiff } from '../../../protocol/workspace.ts'
import { BangerCommand } from '../../base.ts'

export default class VmWorkspaceDiff extends BangerCommand {
  static override description = `Show what has changed in a VM's workspace.
Since it was prepared, or pulled from. What git ignores there is left out. The patch is one for git apply. Nothing changes on either side.`
  static override usage = 'vm workspace diff VM [--guest-path DIR] [--stat] [--json]'
  static override examples = [
    '<%= config.bin %> vm workspace diff testbox --stat',
    '<%= config.bin %> vm workspace diff testbox > testbox.patch',
  ]
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }
  static override flags = {
    'guest-path': Flags.string({ description: 'absolute path of the workspace in the VM', default: defaultGuestPath }),
    'stat': Flags.boolean({ description: 'only which files, and how much of them' }),
  }

  async run(): Promise<WorkspaceDiff> {
    const { args, flags } = await this.parse(VmWorkspaceDiff)
    const request = { guestPath: flags['guest-path'], format: flags.stat ? ('stat' as const) : ('patch' as const) }
    const workspaces = new WorkspaceClient(this.client())
    const diff = await this.operate((live) => workspaces.diff(args.vm, request, { ...live, progress: () => undefined }))
    if (!this.jsonEnabled()) this.#print(Buffer.from(diff.text, 'latin1'))
    for (const note of [...diffNotes(diff), ...diff.warnings]) this.note(note)
    return diff
  }

  /** As it is, but for a terminal: files of a guest may hold anything. */
  #print(text: Buffer): void {
    process.stdout.write(process.stdout.isTTY ? visible(text.toString()) : text)
  }
}
