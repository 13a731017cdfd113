import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeDaemon, fakeDaemon } from '../../../core/test/client/fake-daemon.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-register-'))
afterAll(() => rmSync(folder, { recursive: true }))
for (const name of ['rootfs.ext4', 'vmlinux', 'seed.ext4']) writeFileSync(join(folder, name), 'x')

let daemon: FakeDaemon
beforeEach(async () => {
  daemon = await fakeDaemon()
  daemon.routes['POST /v1/images'] = (_call, response) => {
    response.setHeader('content-type', 'application/x-ndjson')
    response.end(`${JSON.stringify({ type: 'result', value: { name: 'base', size: 1 << 20, init: '' } })}\n`)
  }
})
afterEach(() => daemon[Symbol.asyncDispose]())

test('paths are made absolute where the user stands, and all is asked for in one request', async () => {
  const { code, stdout } = await register(
    ['--name', 'base', '--rootfs', './rootfs.ext4'],
    ['--kernel', 'vmlinux', '--modules', '.', '--work-seed', join(folder, 'seed.ext4')],
  )
  expect(code).toBe(0)
  expect(stdout).toContain('base is here')
  expect(daemon.calls.at(-1)?.body).toEqual({
    ref: `file:${join(folder, 'rootfs.ext4')}`,
    name: 'base',
    kernel: { kernel: join(folder, 'vmlinux'), modules: folder },
    workSeed: join(folder, 'seed.ext4'),
  })
})

test('a kernel that banger has is named as it is', async () => {
  await register(['--name', 'base', '--rootfs', 'rootfs.ext4', '--kernel-ref', 'generic-6.1'])
  expect(daemon.calls.at(-1)?.body).toMatchObject({ kernelRef: 'generic-6.1' })
})

test.each([
  [['--rootfs', 'none.ext4'], 'none.ext4 is not there'],
  [['--rootfs', 'rootfs.ext4', '--kernel', 'none'], 'none is not there'],
  [['--rootfs', 'rootfs.ext4', '--modules', '.'], '--kernel'],
  [['--rootfs', 'rootfs.ext4', '--kernel', 'vmlinux', '--kernel-ref', 'generic-6.1'], '--kernel'],
])('%j is refused before anything is sent', async (args, reason) => {
  const { code, stderr } = await register(['--name', 'base', ...args])
  expect(code).not.toBe(0)
  expect(stderr).toContain(reason)
  expect(daemon.calls).toEqual([])
})

function register(...args: string[][]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, ...daemon.env }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'cli.ts'), ...args.flat()],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
      },
    )
  })
}
