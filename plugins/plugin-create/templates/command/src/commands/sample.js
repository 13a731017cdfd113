import { Args, BangerCommand } from '@banger/core/command'
import { greet } from '../greet.js'

// where the file lies is what the command is called: src/commands/vm/sample.js would be `banger vm sample`
export default class Command extends BangerCommand {
  static description = 'Greet somebody, and say how many VMs there are.'
  static examples = ['<%= config.bin %> sample', '<%= config.bin %> sample you']
  static args = { name: Args.string({ description: 'whom to greet', default: 'world', ignoreStdin: true }) }

  async run() {
    const { args } = await this.parse(Command)
    const vms = await this.client().vms()
    this.log(greet(args.name, vms.length))
    // what --json prints
    return { name: args.name, vms: vms.length }
  }
}
