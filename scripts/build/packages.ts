import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { BuildTarget } from './cli.ts'
import type { Workspace } from './workspaces.ts'

/** Writes the package.json and command files by which oclif finds core's and the plugins' commands and hooks. */
export async function writePackages(target: BuildTarget, core: Workspace, plugins: Workspace[]): Promise<void> {
  const names = plugins.map(({ name }) => name)
  await writeJson(join(target.lib, 'package.json'), {
    name: 'banger',
    version: target.version,
    description: target.description,
    type: 'module',
    dependencies: Object.fromEntries(plugins.map(({ name, manifest }) => [name, manifest.version])),
    oclif: {
      bin: 'banger',
      dirname: 'banger',
      topicSeparator: ' ',
      ...core.manifest.oclif,
      commands: explicit('./commands.cjs'),
      helpClass: './help.cjs',
      plugins: names,
    },
  })
  await writeCommands(target, core, join(target.lib, 'commands.cjs'))
  await write(join(target.lib, 'help.cjs'), "module.exports = require('./main.cjs').helpClass()\n")
  for (const plugin of plugins) await writePlugin(target, plugin)
}

async function writePlugin(target: BuildTarget, plugin: Workspace): Promise<void> {
  const dir = join(target.lib, 'node_modules', plugin.name)
  const { name, version, description, oclif } = plugin.manifest
  const { commands: _source, ...rest } = oclif ?? {}
  const commands = plugin.commands.size > 0 ? { commands: explicit('./dist/commands.cjs') } : {}
  await writeJson(join(dir, 'package.json'), { name, version, description, type: 'module', oclif: { ...rest, ...commands } })
  if (plugin.commands.size > 0) await writeCommands(target, plugin, join(dir, 'dist/commands.cjs'))
  const templates = join(plugin.dir, 'templates')
  if (existsSync(templates)) await cp(templates, join(dir, 'templates'), { recursive: true })
}

function explicit(target: string) {
  return { strategy: 'explicit', target, identifier: 'commands' }
}

async function writeCommands({ lib }: BuildTarget, { name }: Workspace, file: string): Promise<void> {
  const main = `./${relative(dirname(file), join(lib, 'main.cjs'))}`
  await write(file, `exports.commands = require(${JSON.stringify(main)}).commands[${JSON.stringify(name)}]\n`)
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await write(file, `${JSON.stringify(value, null, 2)}\n`)
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
