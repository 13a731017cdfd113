import { join } from 'node:path'
import { type Command, Config } from '@oclif/core'
import { usageOf } from '../../core/src/cli/usage.ts'

/**
 * The pages of docs/commands by file name: one for each topic, one for each command without a topic, and README.md, which lists
 * all. Made of what `make build` made.
 * @param root absolute path of the repository
 */
export async function commandPages(root: string): Promise<Map<string, string>> {
  const config = await Config.load({ root: join(root, 'build/lib/banger'), userPlugins: false, devPlugins: false })
  const commands = config.commands.filter(({ hidden }) => !hidden).sort(byId)
  const pages = new Map<string, Page>()
  for (const command of commands) {
    const path = command.id.split(':')
    const topic = path.length === 1 ? command.id : path.slice(0, -1).join(':')
    // A command that is a topic, too, is told of in its own section.
    const description = config.findCommand(topic) ? '' : (config.findTopic(topic)?.description ?? '')
    const page = pages.get(topic) ?? { topic, description, commands: [] }
    pages.set(topic, { ...page, commands: [...page.commands, command] })
  }
  const ordered = [...pages.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1))
  return new Map([['README.md', overview(ordered)], ...ordered.map((page) => [fileOf(page), pageText(page)] as const)])
}

interface Page {
  /** `vm:session` */
  topic: string
  description: string
  commands: Command.Loadable[]
}

const made = '<!-- Made by make docs from the commands themselves. -->'

function overview(pages: Page[]): string {
  const topics = pages.map((page) => {
    const rows = page.commands.map((command) => {
      const name = words(command.id)
      return `| [\`${name}\`](${fileOf(page)}#${anchorOf(name)}) | ${cell(summaryOf(command))} |`
    })
    return [`## ${words(page.topic)}`, '', ...about(page), '| command | |', '| --- | --- |', ...rows, ''].join('\n')
  })
  return ['# Commands', '', made, '', '`banger help COMMAND` shows the same in a terminal.', '', ...topics].join('\n')
}

function pageText(page: Page): string {
  return [`# ${words(page.topic)}`, '', made, '', ...about(page), ...page.commands.flatMap(section)].join('\n')
}

function about({ description }: Page): string[] {
  return description === '' ? [] : [`${description}.`, '']
}

function section(command: Command.Loadable): string[] {
  const { examples = [], description = '', args, flags } = command
  const details = description.split('\n').slice(command.summary ? 0 : 1)
  return [
    `## banger ${words(command.id)}`,
    '',
    text(summaryOf(command)),
    '',
    ...block([`banger ${usageOf(command)}`]),
    ...details.flatMap((line) => [text(line), '']),
    ...block(
      examples.flatMap((example) => (typeof example === 'string' ? [example] : [`# ${example.description}`, example.command])),
    ),
    ...table('argument', Object.values(args).map(argRow)),
    ...table(
      'flag',
      Object.values(flags)
        .sort(byName)
        .filter(({ hidden }) => !hidden)
        .map(flagRow),
    ),
  ]
}

function argRow({ name, required, description = '', options, default: standard }: Command.Arg.Cached): string[] {
  const known = [
    ...(options ? [`one of: ${options.join(', ')}`] : []),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
  ]
  const shown = name.toUpperCase()
  return [required ? shown : `[${shown}]`, [description, ...known].join('; ')]
}

function flagRow(flag: Command.Flag.Cached): string[] {
  const { name, char, description = '', required } = flag
  const value = flag.type === 'option' ? ` ${[flag.helpValue ?? '<value>'].flat()[0]}` : ''
  const long = flag.type === 'boolean' && flag.allowNo ? `--[no-]${name}` : `--${name}`
  const options = flag.type === 'option' && flag.options ? [`one of: ${flag.options.join(', ')}`] : []
  const standard = flag.type === 'option' && flag.default !== undefined ? [`default: ${flag.default}`] : []
  const times = flag.type === 'option' && flag.multiple ? ['may be repeated'] : []
  const notes = [...(required ? ['required'] : []), ...options, ...standard, ...times]
  return [`${char ? `-${char}, ` : ''}${long}${value}`, [description, ...notes].join('; ')]
}

function table(head: string, rows: string[][]): string[] {
  if (rows.length === 0) return []
  return [
    `| ${head} | |`,
    '| --- | --- |',
    ...rows.map(([name = '', what = '']) => `| \`${name.replaceAll('|', '\\|')}\` | ${cell(what)} |`),
    '',
  ]
}

function block(lines: string[]): string[] {
  return lines.length === 0
    ? []
    : ['```console', ...lines.map((line) => `$ ${line.replaceAll('<%= config.bin %>', 'banger')}`), '```', '']
}

function summaryOf({ summary, description = '' }: Command.Loadable): string {
  return (summary ?? description).split('\n')[0] ?? ''
}

function fileOf({ topic }: Page): string {
  return `${topic.replaceAll(':', '-')}.md`
}

function anchorOf(name: string): string {
  return `banger-${name.replaceAll(' ', '-')}`
}

function words(id: string): string {
  return id.replaceAll(':', ' ')
}

/** Markdown would take `<port>` for HTML and `*` for emphasis. */
function text(line: string): string {
  return line.replaceAll(/[<>*_[\]]/g, (character) => `\\${character}`)
}

function cell(line: string): string {
  return text(line).replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}
