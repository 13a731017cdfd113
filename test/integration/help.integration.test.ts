import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Parser } from '@oclif/core'
import type { Command } from '@oclif/core/command'
import { describe, expect, it } from 'vitest'
import { type CommandSpec, readCommandTree } from '../../core/src/cli/command-tree.ts'
import { readBashLine } from '../../core/src/completion/bash-line.ts'

const build = join(import.meta.dirname, '../../build')
const lib = join(build, 'lib/banger')
const tree = readCommandTree(lib, '/nowhere')
const tables = (
  createRequire(import.meta.url)(join(lib, 'main.cjs')) as { commands: Record<string, Record<string, Command.Class>> }
).commands
const commands = Object.values(tables)
  .flatMap((table) => Object.entries(table))
  .filter(([, command]) => !command.hidden)
const exec = promisify(execFile)
const help = async (...args: string[]) => {
  const { stdout } = await exec(join(build, 'bin/banger'), args, { env: { PATH: process.env.PATH, HOME: '/nowhere' } })
  return stdout
}

describe.each(commands)('the help of %s', (id, command) => {
  const spec = tree.commands.get(id)

  it('has a summary that fits into a list', () => {
    const summary = (command.summary ?? command.description ?? '').split('\n')[0] ?? ''
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(summary.length).toBeLessThanOrEqual(62)
  })

  it('has examples that the command takes', async () => {
    expect(command.examples?.length).toBeGreaterThan(0)
    for (const example of command.examples ?? []) {
      const words = commandLine(String(example).replaceAll('<%= config.bin %>', 'banger'))
      const path = id.split(':')
      expect(words.slice(0, path.length + 1)).toEqual(['banger', ...path])
      const end = words.indexOf('--')
      const argv = words.slice(path.length + 1, end === -1 ? undefined : end)
      const flags = { ...command.baseFlags, ...command.flags, ...(command.enableJsonFlag ? { json: { type: 'boolean' } } : {}) }
      const input = { args: command.args, flags, strict: command.strict } as Parameters<typeof Parser.parse>[1]
      await expect(Parser.parse(argv, input), words.join(' ')).resolves.toBeDefined()
    }
  })

  it('says what each argument and flag is', () => {
    for (const part of [...(spec?.args ?? []), ...(spec?.flags ?? [])]) expect(part.summary, part.name).not.toBe('')
  })

  it('fits into 80 columns, without colours where there is no terminal', async () => {
    const text = await help(...id.split(':'), '--help')
    expect(await help('help', ...id.split(':'))).toBe(text)
    expect(text).not.toContain('\x1b')
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})

describe('the help of banger', () => {
  it('tells what to do first, and where to read on', async () => {
    const text = await help()
    for (const first of ['$ banger doctor', '$ banger vm run ', '$ banger vm run . -- make test', 'banger help vm run'])
      expect(text).toContain(first)
    expect(await help('help')).toBe(text)
    expect(await help('--help')).toBe(text)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  it('describes every topic', async () => {
    for (const [topic, description] of tree.topics) expect(description, topic).not.toBe('')
    const vm = await help('vm')
    expect(vm).toContain('vm session    Commands in a VM that go on when you leave')
    expect(await help('help', 'vm')).toBe(vm)
  })

  it('is of the commands that are built, and no others', () => {
    const shown = commands.map(([id]) => id)
    expect([...tree.commands.values()].map(({ id }: CommandSpec) => id).sort()).toEqual(shown.sort())
  })
})

/** The words of banger's own command line in an example, which may stand in a pipeline or in quotes. */
function commandLine(example: string): string[] {
  const start = example.indexOf('banger ')
  const closing = { '"': '"', '(': ')' }[example[start - 1] ?? '']
  const end = closing ? example.indexOf(closing, start) : -1
  // A space, so that the last word is a whole one.
  const words = readBashLine(`${example.slice(start, end === -1 ? undefined : end)} `).words.slice(0, -1)
  const pipe = words.indexOf('|')
  return words.slice(0, pipe === -1 ? undefined : pipe)
}
