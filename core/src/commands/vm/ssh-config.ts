import { string } from '@oclif/core/args'
import { join } from 'node:path'
import { sshConfigBlock } from '../../client/ssh/ssh-config.ts'
import { fail } from '../../errors.ts'
import { BangerCommand } from '../base.ts'

export default class VmSshConfig extends BangerCommand {
  static override enableJsonFlag = false
  static override description = `Print Host blocks by which plain ssh, scp, rsync and editors reach VMs, each as banger-NAME.
To have them at hand, write them to a file and add "Include banger.conf" as the first line of ~/.ssh/config.`
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
    const program = bangerProgram()
    const blocks = await Promise.all(vms.map(async ({ id, name }) => sshConfigBlock(name, await client.ssh(id), program)))
    process.stdout.write(blocks.join('\n'))
  }
}

/** Absolute path of this CLI's launcher, from the folder that its entry names. */
function bangerProgram(): string {
  const lib = process.env.BANGER_LIB
  if (!lib) throw fail('internal', { reason: 'BANGER_LIB does not say where banger is' })
  return join(lib, '../../bin/banger')
}
