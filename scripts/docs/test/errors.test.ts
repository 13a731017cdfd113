import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorsPage } from '../errors.ts'

test('docs/errors.md lists the errors of the catalogue as they are; make docs writes it anew', async () => {
  expect(await readFile(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')).toBe(errorsPage())
})
