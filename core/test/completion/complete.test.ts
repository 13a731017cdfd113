import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandSpec, CommandTree, FlagSpec } from '../../src/cli/command-tree.ts'
import { complete, type ListNames } from '../../src/completion/complete.ts'

const flag = (name: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  name,
  summary: `about ${name}`,
  multiple: false,
  takesValue: false,
  allowNo: false,
  exclusive: [],
  ...more,
})
const arg = (name: string, multiple = false) => ({ name, summary: '', multiple })
const command = (id: string, more: Partial<CommandSpec> = {}): [string, CommandSpec] => [
  id,
  { id, summary: `does ${id}`, args: [], flags: [flag('json')], strict: true, completes: {}, ...more },
]

const tree: CommandTree = {
  commands: new Map([
    command('vm:show', { args: [arg('vm')] }),
    command('vm:delete', { args: [arg('vm', true)], flags: [flag('force', { char: 'f' })] }),
    command('vm:create', {
      flags: [
        flag('image', { char: 'i', takesValue: true }),
        flag('publish', { takesValue: true, multiple: true }),
        flag('mode', { takesValue: true, options: ['fast', 'slow'] }),
        flag('kernel', { takesValue: true, value: '<file>', exclusive: ['image'] }),
        flag('start', { allowNo: true }),
      ],
    }),
    command('vm:cp', { args: [arg('source'), arg('target')], strict: false, completes: { source: 'vm:path', target: 'folder' } }),
    command('vm:session:logs', { args: [arg('vm'), arg('session')] }),
    command('plugins'),
    command('plugins:uninstall', { args: [arg('plugin', true)] }),
  ]),
  topics: new Map([
    ['vm', 'machines'],
    ['vm:session', 'sessions'],
    ['plugins', ''],
  ]),
}

const asked: string[] = []
const names: ListNames = async (kind, vm) => {
  asked.push([kind, ...(vm ? [vm] : [])].join(' '))
  return ['one', 'two'].map((name) => ({ value: `${kind}-${name}`, summary: '' }))
}

const at = async (...words: string[]) => {
  const { candidates, ...rest } = await complete(tree, words, names)
  return { values: candidates.map(({ value }) => value), ...rest }
}

describe('what may stand at the cursor', () => {
  it('is a command or topic, at any depth, also behind help', async () => {
    expect((await at('')).values).toEqual(['vm', 'plugins', 'help'])
    expect((await at('vm', '')).values).toEqual(['session', 'show', 'delete', 'create', 'cp'])
    expect((await at('help', 'vm', 'session', '')).values).toEqual(['logs'])
    expect((await at('vm', 'nothing', '')).values).toEqual([])
  })

  it('is a flag that was not yet given and goes with those that were', async () => {
    expect((await at('vm', 'create', '-')).values).toEqual([
      '--image',
      '--publish',
      '--mode',
      '--kernel',
      '--start',
      '--no-start',
      '--help',
    ])
    const open = (await at('vm', 'create', '-i', 'x', '--publish', '80', '--no-start', '--')).values
    expect(open).toEqual(['--publish', '--mode', '--help'])
    expect((await at('vm', 'create', '')).values).toContain('--image')
    expect((await at('--')).values).toEqual(['--help', '--version'])
  })

  it("is a flag's value, behind it or behind =", async () => {
    expect((await at('vm', 'create', '--mode', '')).values).toEqual(['fast', 'slow'])
    expect(await at('vm', 'create', '--mode=f')).toEqual({ values: ['fast', 'slow'], joined: '--mode=' })
    expect((await at('vm', 'create', '-i', '')).values).toEqual(['image-one', 'image-two'])
    expect(await at('vm', 'create', '--kernel', '')).toEqual({ values: [], joined: '', paths: 'files' })
    expect((await at('vm', 'create', '--mode', 'fast', '')).values).toContain('--image')
    expect((await at('vm', 'create', '--unknown=')).values).toEqual([])
  })

  it('is a name that was not yet given', async () => {
    expect((await at('vm', 'show', '')).values).toEqual(['vm-one', 'vm-two'])
    expect((await at('vm', 'show', '--json', '')).values).toEqual(['vm-one', 'vm-two'])
    expect((await at('vm', 'delete', '-f', 'vm-one', '')).values).toEqual(['vm-two'])
    asked.length = 0
    expect((await at('vm', 'session', 'logs', 'box', '')).values).toEqual(['session-one', 'session-two'])
    expect(asked).toEqual(['session box'])
  })

  it('is a VM or a path for a copy', async () => {
    expect(await at('vm', 'cp', '')).toEqual({ values: ['vm-one:', 'vm-two:'], paths: 'files', joined: '' })
    expect(await at('vm', 'cp', 'vm-one:/e')).toEqual({ values: [], joined: '' })
    expect(await at('vm', 'cp', './a:b')).toMatchObject({ paths: 'files' })
    expect(await at('vm', 'cp', 'a', 'b', 'c', '')).toEqual({ values: [], paths: 'folders', joined: '' })
  })

  it('is a subcommand or an argument where a topic is a command, too', async () => {
    expect((await at('plugins', '')).values).toEqual(['uninstall', '--json', '--help'])
    expect((await at('plugins', 'uninstall', '')).values).toEqual(['plugin-one', 'plugin-two'])
  })

  it('is a file in a command for the guest, never a word of banger', async () => {
    expect(await at('vm', 'show', 'x', '--', 'ls', '--')).toEqual({ values: [], paths: 'files', joined: '' })
  })

  it('is found for any words', async () => {
    const word = fc.oneof(
      fc.constantFrom('vm', 'create', 'session', 'help', 'plugins', '--', '-', '--mode', '--mode=', '-i', '', '__proto__'),
      fc.string(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(word), async (words) => {
        const { joined } = await complete(tree, words, names)
        expect((words.at(-1) ?? '').startsWith(joined)).toBe(true)
      }),
    )
  })
})
