import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { type RolledUp, rollUpTypes } from './roll-up-types.ts'

/** What `@banger/core` and `@banger/core/command` export, as declarations: name of the file (`index.d.ts`) to its text. */
export function publicApi(root: string): Promise<Record<string, string>> {
  return declarations(root, 'public-api', { index: 'core/src/index.ts', command: 'core/src/commands/base.ts' })
}

/** The same of `@banger/plugin-testkit`. */
export function testkitApi(root: string): Promise<Record<string, string>> {
  return declarations(root, 'testkit-api', { index: 'testkit/src/index.ts', checks: 'testkit/src/checks.ts' })
}

/** It takes seconds, so it is done again only when a file that it was made of has changed. */
async function declarations(root: string, name: string, entries: Record<string, string>): Promise<Record<string, string>> {
  const file = join(root, `build/cache/${name}.json`)
  const kept = await readCache(file)
  if (kept && kept.digest === (await digest(root, kept.sources))) return kept.files
  const absolute = Object.entries(entries).map(([entry, source]) => [entry, join(root, source)])
  const { files, sources } = await rollUpTypes(Object.fromEntries(absolute))
  const all = [...sources.map((source) => relative(root, source)), 'package-lock.json', 'scripts/build/roll-up-types.ts'].sort()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify({ digest: await digest(root, all), files, sources: all } satisfies Cache))
  return files
}

interface Cache extends RolledUp {
  /** Of the sources' content. */
  digest: string
}

async function readCache(file: string): Promise<Cache | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Cache)
}

async function digest(root: string, files: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(root, file)).catch(() => 'missing'))
  return hash.digest('hex')
}
