/** A banger of the sources' own commands: `node cli.ts vm list --all`. The built one adds plugins, help and the bundle. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runDirectly } from '../../src/cli/run-directly.ts'

const lib = process.env.TEST_LIB ?? import.meta.dirname
const words = process.argv.slice(2)
const folder = join(import.meta.dirname, '../../src/commands')
const count = [1, 2, 3].find((count) => existsSync(`${join(folder, ...words.slice(0, count))}.ts`)) ?? 2
const id = words.slice(0, count).join(':')
const { default: command } = await import(join(folder, `${id.replaceAll(':', '/')}.ts`))
await runDirectly({ id, plugin: 'core', commands: { core: { [id]: command } }, argv: words.slice(count) }, lib, '0.1.0')
