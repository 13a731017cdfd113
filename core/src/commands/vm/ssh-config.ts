import { string } from '@oclif/core/args'
import { join } from 'node:path'
import { sshConfigBlock } from '../../client/ssh/ssh-config.ts'
import { BangerCommand } from '../base.ts'

export default class VmSshConfig extends BangerCommand {
  static override enableJsonFlag = false
  static override description = `Print what lets plain ssh, scp, rsync and editors reach VMs.
A Host block for each, by the name of banger-NAME. To have them at hand, write them to a file and add "Include banger.conf" as the first line of ~/.ssh/config.`
  static override examples = [
    '<%= config.bin %> vm ssh-config testbox',
    '<%= config.bin %> vm ssh-config > ~/.ssh/banger.conf',
    'ssh -F <(<%= config.bin %> vm ssh-config testbox) banger-testbox',
  ]
  static override args = { vm: string({ description: 'name or id of a VM (default: all of them)', ignoreStdin: true }) }

  async run(): Promise<void> {
    const { args } = await this.parse(VmSshConfig)
    const client = this.client()
    const vms = args.vm === undefined ? await client.vms() : [await client.vm(args.vm)]
    // The launcher, of the program that this command is part of.
    const program = join(this.config.root, '../../bin/banger')
    const blocks = await Promise.all(vms.map(async ({ id, name }) => sshConfigBlock(name, await client.ssh(id), program)))
    process.stdout.write(blocks.join('\n'))
  }
}
