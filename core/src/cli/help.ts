import type { Command } from '@oclif/core/command'
import { CommandHelp, Help } from '@oclif/core/help'
import { usageOf } from './usage.ts'

class BangerCommandHelp extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const order = ['USAGE', 'DESCRIPTION', 'EXAMPLES']
    const place = ({ header }: { header: string }): number => (order.includes(header) ? order.indexOf(header) : order.length)
    return super.sections().sort((a, b) => place(a) - place(b))
  }

  protected override defaultUsage(): string {
    return usageOf(this.command)
  }

  /** Its first line stands above all already, where there is no summary. */
  protected override description(): string | undefined {
    const { summary, description = '' } = this.command
    const rest = summary ? description : description.split('\n').slice(1).join('\n')
    return rest.trim() === '' ? undefined : this.wrap(rest)
  }

  /** Below each other and never wrapped, to be copied. */
  protected override examples(examples: Command.Example[] | string | undefined): string | undefined {
    const lines = (Array.isArray(examples) ? examples : [examples ?? '']).flatMap((example) =>
      typeof example === 'string' ? [`$ ${example}`] : [`# ${example.description}`, `$ ${example.command}`],
    )
    return lines.some((line) => line !== '$ ') ? lines.join('\n') : undefined
  }
}

/** The help of banger and of every command, also of plugins': oclif's, in the order in which one reads. */
export default class BangerHelp extends Help {
  protected override CommandHelpClass = BangerCommandHelp

  /** What to do first, and what there is. */
  override formatRoot(): string {
    const { description = '', version } = this.config.pjson
    return [
      `${description} (${version})`,
      this.section('USAGE', '$ banger COMMAND'),
      this.section('FIRST STEPS', firstSteps),
      this.section('HELP', 'banger help vm run, or banger vm run --help'),
    ].join('\n\n')
  }
}

const firstSteps = [
  ['$ banger doctor', 'what this machine lacks'],
  ['$ banger vm run', 'a shell in a new VM'],
  ['$ banger vm run . -- make test', 'a command on this checkout, in a VM that goes'],
] as [string, string][]
