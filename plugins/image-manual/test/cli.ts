/** `node cli.ts …`: the plugin's own command as a program, without the rest of banger. */
import { runDirectly } from '../../../core/src/cli/run-directly.ts'
import ImageRegister from '../src/commands/image/register.ts'

const id = 'image:register'
const commands = { manual: { [id]: ImageRegister } }
await runDirectly({ id, plugin: 'manual', commands, argv: process.argv.slice(2) }, import.meta.dirname, '0.1.0')
