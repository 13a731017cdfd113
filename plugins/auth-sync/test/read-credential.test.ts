import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readCredential } from '../src/read-credential.ts'
import { Home } from './host.ts'

test('a file is read byte for byte, also through a link and when it is empty', async () => {
  using home = new Home()
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const file = home.write('dotfiles/auth', bytes)
  symlinkSync(file, join(home.path, 'link'))
  expect(await readCredential(join(home.path, 'link'))).toEqual({ content: bytes })
  expect(await readCredential(home.write('empty', ''))).toEqual({ content: Buffer.alloc(0) })
})

test('there is none where the file, its folder or the target of a link is missing', async () => {
  using home = new Home()
  symlinkSync('nowhere', join(home.path, 'dangling'))
  home.write('file', '')
  for (const path of ['missing', 'no/folder', 'dangling', 'file/below'])
    expect(await readCredential(join(home.path, path))).toBeUndefined()
})

test('a file of 1 MiB is read, a larger one is not', async () => {
  using home = new Home()
  expect(await readCredential(home.write('large', 'x'.repeat(1 << 20)))).toMatchObject({ content: { length: 1 << 20 } })
  expect(await readCredential(home.write('larger', 'x'.repeat((1 << 20) + 1)))).toEqual({ problem: 'it is larger than 1 MiB' })
})

test('what is no file is named, and never waited for', async () => {
  using home = new Home()
  const at = (name: string) => join(home.path, name)
  mkdirSync(at('folder'))
  execFileSync('mkfifo', [at('pipe')])
  symlinkSync('loop', at('loop'))
  const socket = createServer().listen(at('socket'))
  await new Promise((resolve) => socket.once('listening', resolve))
  expect(await readCredential(at('folder'))).toEqual({ problem: 'it is a folder' })
  expect(await readCredential(at('pipe'))).toEqual({ problem: 'it is no regular file' })
  expect(await readCredential(at('socket'))).toEqual({ problem: 'it is no regular file' })
  expect(await readCredential(at('loop'))).toEqual({ problem: 'it is a link that leads to itself' })
  socket.close()
})

test('a file that may not be read is named', async () => {
  using home = new Home()
  const file = home.write('secret', 'x')
  chmodSync(dirname(file), 0o755)
  chmodSync(file, 0)
  // root may read everything.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  const read = await readCredential(file).finally(() => isRoot && process.seteuid?.(0))
  expect(read).toEqual({ problem: 'you may not read it' })
})
