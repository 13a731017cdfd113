import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Vm } from '../../core/src/protocol/model.ts'
import { makePlugin, packFolder } from '../integration/plugins/make-plugin.ts'
import { Banger, outcome, until } from './banger.ts'
import { Scratch } from './scratch.ts'

const name = 'banger-plugin-greet'

/** An image source that yields one small file, and a daemon of its own. */
const source = (scheme: string) => `
import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
export const extend = () => ({
  name: '${name}',
  coreRange: '>=0.1.0',
  apply(hooks, host) {
    hooks.imageSources.tap('${name}', (registry) => registry.add('${name}', {
      scheme: '${scheme}',
      summary: '${scheme}:<anything>',
      resolve: async () => ({
        digest: '${scheme}-1', name: '${scheme}', config: {},
        async *layers() { yield Readable.from([execFileSync('tar', ['-c', '-C', '/usr/share', 'zoneinfo/UTC'])]) },
      }),
    }))
  },
})
`

describe('plugins that come and go while a VM runs', () => {
  const scratch = new Scratch()
  let vm: Vm
  beforeAll(async () => {
    await scratch.borrow(new Banger(inject('home')))
    await scratch.ok(['vm', 'create', '--name', 'box', '--image', 'base'])
    await scratch.ok(['vm', 'session', 'start', 'box', '--name', 'counter', '--stdin-mode', 'pipe', '--', 'cat'])
    vm = await scratch.vm('box')
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  it('are installed, used and removed, and neither the VM nor an attached session notices', async () => {
    const attached = scratch.start(['vm', 'session', 'attach', 'box', 'counter'])
    const ended = outcome(attached)
    attached.stdin?.write('before\n')
    const tarball = packFolder(makePlugin(scratch.home, { extend: source('greet') }))
    await scratch.ok(['plugins', 'install', '--yes', tarball])
    expect((await scratch.json<{ name: string }>(['image', 'pull', 'greet:x'])).name).toBe('greet')
    await scratch.ok(['plugins', 'uninstall', name])
    expect(await scratch.ok(['daemon', 'status'])).not.toContain(name)
    attached.stdin?.end('after\n')
    expect(await ended).toMatchObject({ status: 0, stdout: 'before\nafter\n' })
    const now = await scratch.vm('box')
    expect([now.machine?.pid, now.startedAt, now.state]).toEqual([vm.machine?.pid, vm.startedAt, 'running'])
  })

  it('are taken up when an exec that is under way has ended, which is not disturbed', async () => {
    const exec = scratch.start(['vm', 'exec', 'box', '--', 'sh', '-c', 'echo begun; read line; echo $line'])
    const ended = outcome(exec)
    await new Promise((resolve) => exec.stdout?.once('data', resolve))
    const pid = await scratch.daemonPid()
    const folder = makePlugin(scratch.home, { extend: source('first') })
    const { stderr } = await scratch.run(['plugins', 'link', folder])
    expect(stderr).toContain('The daemon is busy (exec in box) and starts anew by itself')
    expect(await scratch.daemonPid()).toBe(pid)
    expect((await scratch.run(['plugins'])).stderr).toContain('It starts anew when this has ended: exec in box')
    exec.stdin?.end('done\n')
    expect(await ended).toMatchObject({ status: 0 })
    await until(async () => ![pid, undefined].includes(await scratch.daemonPid()))
    await scratch.ok(['image', 'pull', 'first:x'])

    const file = join(folder, 'extend.js')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('first', 'second'))
    await scratch.ok(['daemon', 'restart'])
    await scratch.ok(['image', 'pull', 'second:x'])
    await scratch.ok(['plugins', 'unlink', folder])
    expect((await scratch.vm('box')).machine?.pid).toBe(vm.machine?.pid)
  })
})
