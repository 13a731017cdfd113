/** Writes the pages of docs/ that are made from the source: `make docs`. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandPages } from './commands.ts'

const root = join(import.meta.dirname, '../..')
const docs = join(root, 'docs')

const commands = join(docs, 'commands')
await rm(commands, { recursive: true, force: true })
await mkdir(commands)
for (const [file, text] of await commandPages(join(root, 'build/lib/banger'))) await writeFile(join(commands, file), text)
