/** Writes what is kept in docs/ and made from the source: `make docs`. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { publicApi } from '../build/public-api.ts'
import { commandPages } from './commands.ts'
import { errorsPage } from './errors.ts'

const root = join(import.meta.dirname, '../..')
const docs = join(root, 'docs')

await writeFile(join(docs, 'errors.md'), errorsPage())
await writeFolder(join(docs, 'commands'), await commandPages(join(root, 'build/lib/banger')))
await writeFolder(join(docs, 'api'), Object.entries(await publicApi(root)))

async function writeFolder(folder: string, files: Iterable<[name: string, text: string]>): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  for (const [name, text] of files) await writeFile(join(folder, name), text)
}
