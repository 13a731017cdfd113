import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandPages } from '../../scripts/docs/commands.ts'

const root = join(import.meta.dirname, '../..')

test('docs/commands tells of the commands as they are; run make docs, which writes it anew, when this fails', async () => {
  const dir = join(root, 'docs/commands')
  const written = Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), 'utf8')]))
  expect(written).toEqual(Object.fromEntries(await commandPages(root)))
})
