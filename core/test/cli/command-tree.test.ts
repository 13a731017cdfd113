import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { childrenOf, readCommandTree, userPlugins } from '../../src/cli/command-tree.ts'

describe('the command tree', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-command-tree-'))
    write('lib/package.json', { oclif: { plugins: ['@banger/plugin-x'], topics: { vm: { description: 'Machines' } } } })
    write('lib/oclif.manifest.json', {
      commands: {
        'vm:list': {
          id: 'vm:list',
          description: 'List them.\nMore.',
          flags: { all: { char: 'a', type: 'boolean', allowNo: true } },
        },
        'vm:dial': { id: 'vm:dial', hidden: true },
      },
    })
    write('lib/node_modules/@banger/plugin-x/oclif.manifest.json', { commands: { 'x:y:z': { id: 'x:y:z', summary: 'Deep' } } })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function write(file: string, content: unknown): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const read = () => readCommandTree(join(folder, 'lib'), join(folder, 'data'))

  it('is read from manifests, without what is hidden', () => {
    const { commands, topics } = read()
    expect([...commands.keys()]).toEqual(['vm:list', 'x:y:z'])
    expect(commands.get('vm:list')).toMatchObject({
      summary: 'List them.',
      flags: [{ name: 'all', char: 'a', takesValue: false }],
    })
    expect([...topics]).toEqual([
      ['vm', 'Machines'],
      ['x', ''],
      ['x:y', ''],
    ])
    expect([...childrenOf(read(), '')]).toEqual([
      ['vm', 'Machines'],
      ['x', ''],
    ])
    expect([...childrenOf(read(), 'x:y')]).toEqual([['x:y:z', 'Deep']])
  })

  it("has the commands of the user's plugins, installed or linked, and never in place of banger's own", () => {
    const plugins = [
      { name: 'installed', type: 'user' },
      { name: 'linked', root: join(folder, 'linked'), type: 'link' },
      'odd',
      {},
    ]
    write('data/package.json', { oclif: { plugins } })
    write('data/node_modules/installed/oclif.manifest.json', {
      commands: { hello: { id: 'hello' }, 'vm:list': { id: 'vm:list', summary: 'Mine' } },
    })
    write('linked/package.json', { oclif: { commands: './lib' } })
    write('linked/lib/greet/index.js', '')
    write('linked/lib/greet/world.js', '')
    const { commands } = read()
    expect([...commands.keys()].sort()).toEqual(['greet', 'greet:world', 'hello', 'vm:list', 'x:y:z'])
    expect(commands.get('vm:list')?.summary).toBe('List them.')
    expect(userPlugins(join(folder, 'data')).map(({ name }) => name)).toEqual(['installed', 'linked'])
  })

  it('is what can be read, whatever is broken', () => {
    write('data/package.json', '{')
    write('lib/node_modules/@banger/plugin-x/oclif.manifest.json', '')
    expect([...read().commands.keys()]).toEqual(['vm:list'])
  })
})
