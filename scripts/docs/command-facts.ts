import { type Command, Config } from '@oclif/core'
import { usageOf } from '../../core/src/cli/usage.ts'

/** What a page tells of one command. Plain text, a paragraph a string. */
export interface CommandFacts {
  /** `vm session list` */
  name: string
  /** `vm session`; the command itself where it has none. */
  topic: string
  topicSummary: string
  summary: string
  /** `vm exec VM [FLAGS] -- COMMAND...` */
  usage: string
  details: string[]
  /** Command lines. */
  examples: string[]
  args: Part[]
  flags: Part[]
}

/** An argument or a flag: how it is written, and what it is. */
export type Part = [written: string, about: string]

/**
 * banger's commands and those of the plugins in this repository, by name.
 * @param lib absolute path of build/lib/banger, with its manifests
 */
export async function readCommands(lib: string): Promise<CommandFacts[]> {
  const config = await Config.load({ root: lib, userPlugins: false, devPlugins: false })
  const shown = config.commands.filter(({ hidden }) => !hidden)
  return shown.map((command) => factsOf(command, config)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function factsOf(command: Command.Loadable, config: Config): CommandFacts {
  const { id, summary, description = '', examples = [], args, flags } = command
  const lines = description.split('\n')
  const path = id.split(':')
  const topic = path.length === 1 ? id : path.slice(0, -1).join(':')
  return {
    name: words(id),
    topic: words(topic),
    // A command that is a topic, too, is told of in its own section.
    topicSummary: config.findCommand(topic) ? '' : (config.findTopic(topic)?.description ?? ''),
    summary: summary ?? lines[0] ?? '',
    usage: usageOf(command),
    details: summary ? lines : lines.slice(1),
    examples: examples
      .flatMap((example) => (typeof example === 'string' ? [example] : [`# ${example.description}`, example.command]))
      .map((line) => line.replaceAll('<%= config.bin %>', 'banger')),
    args: Object.values(args).filter(isShown).map(argPart),
    flags: Object.values(flags).filter(isShown).sort(byName).map(flagPart),
  }
}

function argPart({ name, required, description = '', options, default: standard }: Command.Arg.Cached): Part {
  const shown = name.toUpperCase()
  return [required ? shown : `[${shown}]`, [description, ...choice(options, standard)].join('; ')]
}

function flagPart(flag: Command.Flag.Cached): Part {
  const { name, char, description = '', required } = flag
  const value = flag.type === 'option' ? ` ${[flag.helpValue ?? '<value>'].flat()[0]}` : ''
  const long = flag.type === 'boolean' && flag.allowNo ? `--[no-]${name}` : `--${name}`
  const more =
    flag.type === 'option' ? [...choice(flag.options, flag.default), ...(flag.multiple ? ['may be repeated'] : [])] : []
  return [`${char ? `-${char}, ` : ''}${long}${value}`, [description, ...(required ? ['required'] : []), ...more].join('; ')]
}

function choice(options: readonly string[] | undefined, standard: unknown): string[] {
  return [...(options ? [`one of: ${options.join(', ')}`] : []), ...(standard === undefined ? [] : [`default: ${standard}`])]
}

function words(id: string): string {
  return id.replaceAll(':', ' ')
}

function isShown({ hidden }: { hidden?: boolean }): boolean {
  return !hidden
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}
