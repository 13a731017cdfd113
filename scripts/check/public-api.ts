/** Checks that core exports what docs/api, the reviewed list, says, all of it under a name of its own and with a docstring. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { publicApi } from '../build/public-api.ts'
import { undocumented, unexported } from './declarations.ts'

const root = join(import.meta.dirname, '../..')
const api = await publicApi(root)
const texts = Object.values(api)

const differences = Object.entries(api).map(([name, text]) => difference(join('docs/api', name), text))
const changed = differences.join('')
if (changed) {
  say(changed)
  say(
    'Core exports something else than docs/api says. If that is meant, run make docs, and commit docs/api with the change (docs/api.md).',
  )
}
// The type of the catalogue's codes is made from the catalogue itself, which is nobody's business.
for (const name of unexported(texts)) if (name !== 'catalogue') say(`${name} is mentioned by what core exports: export it, too.`)
for (const name of undocumented(texts)) say(`${name} is exported by core without a word of what it is: give it a docstring.`)

function difference(file: string, text: string): string {
  return spawnSync('diff', ['-uN', '--label', file, '--label', 'what core exports', file, '-'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  }).stdout
}

function say(text: string): void {
  console.log(text)
  process.exitCode = 1
}
