import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, json } from '../client/fake-daemon.ts'
import { fakeSshd, sshAccess } from './fake-sshd.ts'
import { runCli, startCli } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
/** HOME in the guest; programs of its `bin` are found by a login shell. */
let home: string

beforeEach(async () => {
  daemon = await fakeDaemon()
  home = join(daemon.paths.state, 'guest home')
  await mkdir(join(home, 'bin'), { recursive: true })
  await writeFile(join(home, '.profile'), 'echo "welcome, to stdout"\nPATH="$HOME/bin:$PATH"\n')
  const access = await sshAccess(join(daemon.paths.state, 'ssh'))
  const sshd = fakeSshd({ HOME: home, SHELL: '/bin/sh', PATH: '/usr/bin:/bin' })
  daemon.routes['GET /v1/vms/box/ssh'] = (_call, response) => json(response, access)
  daemon.upgrades['POST /v1/vms/box/dial?port=22'] = sshd.serve
})
afterEach(() => daemon[Symbol.asyncDispose]())

const agent = (script: string) => writeFile(join(home, 'bin/opencode'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
const acp = (...args: string[]) => ['vm', 'acp', 'box', '--cwd', home, ...args]

describe('vm acp', () => {
  it('has the protocol alone on stdout, whatever a login shell prints, and the status of the agent', async () => {
    await agent('[ "$1" = acp ] || exit 1; pwd; env | grep BANGER; cat; echo log >&2; exit 7')
    const result = await runCli(daemon.env, acp(), '{"id":1}\n')
    expect(result).toMatchObject({ code: 7, stdout: `${home}\n{"id":1}\n` })
    expect(result.stderr).toMatch(/welcome, to stdout\n(.*\n)*log\n$/)
  })

  it('gets every byte of the first answer that comes along with the beginning', async () => {
    await agent('head -c 3000000 /dev/zero | tr "\\0" x')
    expect((await runCli(daemon.env, acp())).stdout).toBe('x'.repeat(3_000_000))
  })

  it('says when there is no opencode, and exits with 127', async () => {
    const result = await runCli(daemon.env, acp(), 'never read\n')
    expect(result).toMatchObject({ code: 127, stdout: '', stderr: expect.stringContaining('no opencode in the guest of "box"') })
  })

  it('says when there is no such folder', async () => {
    await agent('cat')
    const result = await runCli(daemon.env, ['vm', 'acp', 'box', '--cwd', "/it's not there"])
    expect(result).toMatchObject({ code: 125, stdout: '', stderr: expect.stringContaining("no folder /it's not there") })
  })

  it('hands a signal to the agent, which may end in its own way', async () => {
    const flag = join(home, 'ended')
    await agent(`trap 'echo bye > "${flag}"; exit 5' TERM; echo ready; while :; do sleep 0.05; done`)
    const { child, ended } = startCli(daemon.env, acp())
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    child.kill('SIGTERM')
    expect((await ended).code).toBe(5)
    await expect.poll(() => readFile(flag, 'utf8'), soon).toBe('bye\n')
  })

  it('ends with 128 + n when the agent passes over the signal', async () => {
    await agent(`trap '' TERM; echo ready; exec sleep 8`)
    const { child, ended } = startCli(daemon.env, acp())
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    child.kill('SIGTERM')
    expect((await ended).code).toBe(143)
  })
})
