import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCommands } from '../../scripts/docs/command-facts.ts'
import { commandPages } from '../../scripts/docs/commands.ts'

const root = join(import.meta.dirname, '../..')

test('docs/commands tells of the commands as they are; run make docs, which writes it anew, when this fails', async () => {
  const dir = join(root, 'docs/commands')
  const written = Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), 'utf8')]))
  expect(written).toEqual(Object.fromEntries(await commandPages(join(root, 'build/lib/banger'))))
})

test('the man page shows every command, and groff has nothing to warn of', async () => {
  const page = join(root, 'build/share/man/man1/banger.1')
  const { stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-P-c', '-Tutf8', page], { encoding: 'utf8' })
  expect(stderr).toBe('')
  const plain = stdout.replace(/.\x08/g, '')
  for (const { name } of await readCommands(join(root, 'build/lib/banger'))) expect(plain).toContain(`banger ${name}\n`)
  expect(plain).toContain('banger - Throwaway Linux virtual machines')
  expect(plain).toContain("banger vm run -- sh -c 'uname -a; nproc'")
})
