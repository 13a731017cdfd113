import type { CommandFacts, Part } from './command-facts.ts'

/**
 * The text of banger(1), with every command in it, in the macros of man(7)
 * (https://man7.org/linux/man-pages/man7/groff_man.7.html).
 */
export function manPage(commands: CommandFacts[], { version, description }: { version: string; description: string }): string {
  return [
    `.TH BANGER 1 "" "banger ${version}" "User Commands"`,
    '.SH NAME',
    `banger \\- ${text(description)}`,
    '.SH SYNOPSIS',
    '.B banger',
    'COMMAND',
    '.SH DESCRIPTION',
    'What to do first:',
    ...verbatim(['banger doctor', 'banger vm run', 'banger vm run . -- make test']),
    '.PP',
    'banger help COMMAND shows one command alone.',
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH EXIT STATUS',
    '0 when all went well, 1 when it did not, 2 when the command line was wrong. Commands that run a program in a VM exit with its',
    'status: 128 + n when a signal ended it, 127 when there is none of that name, 126 when it cannot be executed, 125 when banger',
    'itself failed.',
    '.SH FILES',
    ...files.flatMap(([file, what]) => ['.TP', `.I ${text(file)}`, what]),
    '',
  ].join('\n')
}

/** Where they are unless XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME or XDG_DATA_HOME says otherwise (core/src/store/paths.ts). */
const files: Part[] = [
  ['~/.config/banger/config.toml', 'The configuration.'],
  ['~/.local/state/banger', "Images, kernels, VMs and the daemon's log."],
  ['~/.cache/banger', 'What can be fetched again.'],
  ['~/.local/share/banger', 'Installed plugins.'],
]

function section({ name, summary, usage, details, examples, args, flags }: CommandFacts): string[] {
  return [
    `.SS banger ${name}`,
    text(summary),
    ...verbatim([`banger ${usage}`]),
    ...details.flatMap((line) => ['.PP', text(line)]),
    ...[...args, ...flags].flatMap(([written, what]) => ['.TP', `.B ${text(written)}`, text(what)]),
    ...(examples.length > 0 ? ['.PP', 'Examples:', ...verbatim(examples)] : []),
  ]
}

function verbatim(lines: string[]): string[] {
  return ['.PP', '.RS 4', '.nf', ...lines.map(text), '.fi', '.RE']
}

/** Nothing of it is taken for a request, an escape, or a hyphen that may be copied as another character. */
function text(line: string): string {
  const escaped = line.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq')
  return escaped.replace(/^[.']/, '\\&$&').replaceAll(/[^ -~]/gu, glyph)
}

/** `\[u2026]`: troff itself reads Latin-1. */
function glyph(character: string): string {
  return `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`
}
