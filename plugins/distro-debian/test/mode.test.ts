import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '@banger/core'
import { afterAll, describe, expect, test } from 'vitest'
import { parseProxies } from '../src/apt-proxies.ts'
import { chooseMode, ownsIds } from '../src/mode.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-debian-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ann = { uid: 1000, username: 'ann' }
const subuid = join(folder, 'subuid')
writeFileSync(subuid, 'bob:100000:65536\nann:165536:65536\n')

describe('the way to bootstrap', () => {
  test('is root where that is who asks', async () => {
    expect((await chooseMode(host([]), { uid: 0, username: 'root' })).name).toBe('root')
  })

  test('is a user namespace where the user has ids for it', async () => {
    expect((await chooseMode(host(['newuidmap']), ann, subuid)).name).toBe('unshare')
  })

  test('is fakechroot where it is installed and namespaces do not work', async () => {
    const mode = await chooseMode(host(['newuidmap', 'fakechroot', 'fakeroot'], 1), ann, subuid)
    expect(mode).toMatchObject({ name: 'fakechroot', detail: expect.stringContaining('the kernel refuses') })
  })

  test.each([
    ['newuidmap is missing', host([]), ann, 'apt-get install uidmap'],
    [
      'the user has no ids',
      host(['newuidmap']),
      { uid: 7, username: 'eve' },
      'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 eve',
    ],
    ['the kernel says no', host(['newuidmap'], 1), ann, 'sysctl kernel.unprivileged_userns_clone=1'],
  ])('is none, with advice, when %s', async (_why, machine, user, advice) => {
    const mode = await chooseMode(machine, user, subuid)
    expect(mode.name).toBeUndefined()
    expect(mode.advice).toContain(advice)
    expect(mode.advice).toContain('fakechroot')
  })
})

test('ids are found by name and by number, and must suffice', () => {
  expect(ownsIds('ann:1:65536', ann)).toBe(true)
  expect(ownsIds('1000:1:65536\n', ann)).toBe(true)
  expect(ownsIds('ann:1:1000', ann)).toBe(false)
  expect(ownsIds('', ann)).toBe(false)
})

test("apt's proxies become variables", () => {
  const dump = [
    'Acquire ',
    'Acquire::http ',
    'Acquire::http::Proxy http://proxy:3142/',
    'Acquire::http::Proxy::inside.example DIRECT',
    'Acquire::https::Proxy DIRECT',
  ]
  expect(parseProxies(dump.join('\n'))).toEqual({ http_proxy: 'http://proxy:3142/', no_proxy: 'inside.example' })
})

/** A machine that has these programs; `unshare` ends with the status given. */
function host(programs: string[], unshare = 0): Host {
  return {
    which: async (program: string) => (programs.includes(program) ? `/usr/bin/${program}` : undefined),
    run: async () => ({ code: unshare, stdout: '', stderr: '' }),
  } as unknown as Host
}
