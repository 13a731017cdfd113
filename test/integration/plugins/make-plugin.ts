import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface PluginOptions {
  name?: string
  version?: string
  /** The word that its command `greet` says. */
  word?: string
  /** More of its package.json. */
  manifest?: Record<string, unknown>
  /** In place of its extend.js. */
  extend?: string
}

/** Makes a plugin with a command and an image source, in plain JavaScript. @returns its folder */
export function makePlugin(parent: string, options: PluginOptions = {}): string {
  const { name = 'banger-plugin-greet', version = '1.0.0', word = 'hello', manifest = {}, extend } = options
  const folder = join(parent, name)
  const files = {
    'package.json': JSON.stringify({
      name,
      version,
      type: 'module',
      peerDependencies: { '@banger/core': '>=0.1.0' },
      oclif: { commands: './commands', hooks: { 'banger:extend': { target: './extend.js', identifier: 'extend' } } },
      ...manifest,
    }),
    'extend.js': extend ?? extendSource(name),
    'commands/greet.js': `import { BangerCommand } from '@banger/core/command'
export default class Greet extends BangerCommand {
  async run() { await this.parse(Greet); this.log(${JSON.stringify(word)}) }
}
`,
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

/** @returns absolute path of the tarball that npm makes of it */
export function packFolder(folder: string): string {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' })) as {
    filename: string
  }[]
  return join(folder, packed?.filename ?? '')
}

/** An image source whose scheme is the plugin's name. */
function extendSource(name: string): string {
  return `export const extend = () => ({
  name: '${name}',
  coreRange: '>=0.1.0',
  apply(hooks) {
    hooks.imageSources.tap('${name}', (registry) => registry.add('${name}', {
      scheme: '${name}',
      summary: 'nothing',
      async resolve() { throw new Error('${name} was asked') },
    }))
  },
})
`
}
