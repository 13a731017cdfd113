import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandTables } from '../../src/cli/command-tables.ts'
import { findCommand } from '../../src/cli/find-command.ts'

const commands = {
  '@banger/core': { 'doctor': null, 'vm:list': null, 'vm:run': null },
  '@banger/plugin-x': { 'kernel': null, 'kernel:list': null },
} as unknown as CommandTables

const find = (...argv: string[]) => {
  const found = findCommand(argv, commands)
  return found && { id: found.id, plugin: found.plugin, argv: found.argv }
}

describe('the command that a command line names', () => {
  it('is found by its words, whoever provides it', () => {
    expect(find('vm', 'list')).toEqual({ id: 'vm:list', plugin: '@banger/core', argv: [] })
    expect(find('kernel', 'list', '--json')).toEqual({ id: 'kernel:list', plugin: '@banger/plugin-x', argv: ['--json'] })
  })

  it('is the longest that fits', () => {
    expect(find('kernel', 'list')?.id).toBe('kernel:list')
    expect(find('kernel', 'other')).toEqual({ id: 'kernel', plugin: '@banger/plugin-x', argv: ['other'] })
  })

  it('keeps everything behind -- untouched, also --help', () => {
    const argv = ['vm', 'run', '--', 'ls', '--help', '--', '']
    expect(find(...argv)).toEqual({ id: 'vm:run', plugin: '@banger/core', argv: argv.slice(2) })
  })

  it('is left to oclif for help, topics, unknown words and nothing at all', () => {
    for (const argv of [
      [],
      ['vm'],
      ['vm', 'list', '--help'],
      ['help', 'vm'],
      ['vm', 'lst'],
      ['--help'],
      ['constructor'],
      ['vm:list:x'],
    ]) {
      expect(find(...argv)).toBeUndefined()
    }
  })

  it('never changes or loses a word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('vm', 'list', 'run', 'kernel', 'doctor', '--', '--json', '-x'), fc.string())),
        (argv) => {
          const found = find(...argv)
          if (!found) return
          const words = argv.slice(0, argv.length - found.argv.length)
          expect([words.join(':'), ...found.argv]).toEqual([found.id, ...argv.slice(words.length)])
        },
      ),
    )
  })
})
