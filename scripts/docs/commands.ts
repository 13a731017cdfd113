import { type CommandFacts, type Part, readCommands } from './command-facts.ts'

/**
 * The pages of docs/commands by file name: one for each topic, one for each command without a topic, and README.md, which lists
 * all.
 * @param lib absolute path of build/lib/banger
 */
export async function commandPages(lib: string): Promise<Map<string, string>> {
  const topics = Map.groupBy(await readCommands(lib), ({ topic }) => topic)
  const pages = [...topics].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map([
    ['README.md', overview(pages)],
    ...pages.map(([topic, commands]) => [fileOf(topic), page(topic, commands)] as const),
  ])
}

const made = '<!-- Made by make docs from the commands themselves. -->'

function overview(pages: [string, CommandFacts[]][]): string {
  const topics = pages.map(([topic, commands]) => {
    const rows = commands.map(({ name, summary }) => `| [\`${name}\`](${fileOf(topic)}#${anchorOf(name)}) | ${cell(summary)} |`)
    return [`## ${topic}`, '', ...about(commands), '| command | |', '| --- | --- |', ...rows, ''].join('\n')
  })
  return ['# Commands', '', made, '', '`banger help COMMAND` shows the same in a terminal.', '', ...topics].join('\n')
}

function page(topic: string, commands: CommandFacts[]): string {
  return [`# ${topic}`, '', made, '', ...about(commands), ...commands.flatMap(section)].join('\n')
}

function about([command]: CommandFacts[]): string[] {
  return command?.topicSummary ? [`${command.topicSummary}.`, ''] : []
}

function section({ name, summary, usage, details, examples, args, flags }: CommandFacts): string[] {
  return [
    `## banger ${name}`,
    '',
    text(summary),
    '',
    ...block([`banger ${usage}`]),
    ...details.flatMap((line) => [text(line), '']),
    ...block(examples),
    ...table('argument', args),
    ...table('flag', flags),
  ]
}

function table(head: string, parts: Part[]): string[] {
  if (parts.length === 0) return []
  const rows = parts.map(([written, what]) => `| \`${written.replaceAll('|', '\\|')}\` | ${cell(what)} |`)
  return [`| ${head} | |`, '| --- | --- |', ...rows, '']
}

function block(lines: string[]): string[] {
  return lines.length === 0 ? [] : ['```console', ...lines.map((line) => `$ ${line}`), '```', '']
}

function fileOf(topic: string): string {
  return `${topic.replaceAll(' ', '-')}.md`
}

function anchorOf(name: string): string {
  return `banger-${name.replaceAll(' ', '-')}`
}

/** Markdown would take `<port>` for HTML and `*` for emphasis. */
function text(line: string): string {
  return line.replaceAll(/[<>*_[\]]/g, (character) => `\\${character}`)
}

function cell(line: string): string {
  return text(line).replaceAll('|', '\\|').replaceAll('\n', ' ')
}
