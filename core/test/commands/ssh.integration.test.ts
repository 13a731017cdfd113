import { execFile, spawn } from 'node:child_process'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SshAccess } from '../../src/protocol/api.ts'
import { type FakeDaemon, fakeDaemon, fakeVm, json } from '../client/fake-daemon.ts'
import { type FakeSshd, fakeSshd, sshAccess, userKeys } from './fake-sshd.ts'
import { cliArgs, cliEnv, runCli } from './run-cli.ts'

const hasSsh = await access('/usr/bin/ssh').then(
  () => true,
  () => false,
)

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
let accessInfo: SshAccess
let sshd: FakeSshd
let dials: number
/** How many connections are refused before sshd is up. */
let refusals: number

beforeEach(async () => {
  daemon = await fakeDaemon()
  dials = 0
  refusals = 0
  sshd = fakeSshd()
  accessInfo = await sshAccess(join(daemon.paths.state, 'with a space'))
  const vm = fakeVm({ id: 'box' })
  daemon.routes['GET /v1/vms'] = (_call, response) => json(response, [vm])
  daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, vm)
  daemon.routes['GET /v1/vms/box/ssh'] = (_call, response) => json(response, accessInfo)
  daemon.upgrades['POST /v1/vms/box/dial?port=22'] = (socket) => {
    dials += 1
    if (dials <= refusals) socket.destroy()
    else sshd.serve(socket)
  }
})
afterEach(() => daemon[Symbol.asyncDispose]())

describe('vm ssh', () => {
  it('runs a command with streams apart and exits with its status', async () => {
    const { code, stdout, stderr } = await runCli(
      daemon.env,
      ['vm', 'ssh', 'box', '--', 'echo out; echo err >&2; cat;', 'exit 7'],
      'in',
    )
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\nin', stderr: 'err\n' })
  })

  it('opens a shell that reads stdin', async () => {
    expect(await runCli(daemon.env, ['vm', 'ssh', 'box'], 'echo hi; exit 3\n')).toMatchObject({ code: 3, stdout: 'hi\n' })
  })

  it('exits with 128 + n when a signal ended the command', async () => {
    expect((await runCli(daemon.env, ['vm', 'ssh', 'box', '--', 'kill -TERM $$'])).code).toBe(143)
  })

  it('waits for sshd, and says so', async () => {
    refusals = 2
    expect(await runCli(daemon.env, ['vm', 'ssh', 'box', '--', 'true'])).toMatchObject({
      code: 0,
      stderr: 'Waiting for sshd in "box"\n',
    })
    expect(dials).toBe(3)
  })

  it('waits for as long as the guest installs sshd, and says so', async () => {
    refusals = 2
    const states = ['pending', 'running']
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) =>
      json(response, { firstBoot: [{ name: 'sshd', state: states.shift() }] })
    expect(await runCli(daemon.env, ['vm', 'ssh', 'box', '--', 'echo reached'])).toMatchObject({
      code: 0,
      stdout: 'reached\n',
      stderr: 'Waiting for sshd, which "box" installs at its first boot (banger vm logs box --step sshd --follow)\n',
    })
  })

  it('says why sshd could not be installed, and does not wait for it', async () => {
    refusals = 9
    const step = { name: 'sshd', state: 'failed', detail: 'W: no mirror\nE: no such package', log: '/var/log/x.log' }
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) => json(response, { firstBoot: [step] })
    expect(await runCli(daemon.env, ['vm', 'ssh', 'box'])).toMatchObject({
      code: 125,
      stdout: '',
      stderr: expect.stringMatching(
        /could not be installed: E: no such package\n[\s\S]*vm logs box --step sshd[\s\S]*vm exec box/,
      ),
    })
    expect(dials).toBe(1)
  })

  it('refuses a guest with another host key', async () => {
    accessInfo.hostKey = userKeys.public
    expect(await runCli(daemon.env, ['vm', 'ssh', 'box', '--', 'true'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('SSH to the VM "box" failed'),
    })
    expect(dials).toBe(1)
  })

  it('asks for a terminal of the same size, and follows it', async () => {
    const flag = join(daemon.paths.state, 'resize')
    const resize = `(while [ ! -e ${flag} ]; do sleep 0.05; done; stty rows 41 cols 121 </dev/tty) &`
    const child = spawn(
      'script',
      ['-qefc', `stty rows 30 cols 100; ${resize} '${process.execPath}' '${cliArgs[0]}' vm ssh box`, '/dev/null'],
      {
        env: { ...cliEnv(daemon.env), TERM: 'vt220', SHELL: '/bin/sh' },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    const output = text(child.stdout)
    await expect.poll(() => sshd.windows, soon).toEqual(['30x100'])
    await writeFile(flag, '')
    // stty may set rows and columns one after the other
    await expect.poll(() => sshd.windows.at(-1), soon).toBe('41x121')
    child.stdin.write('echo $((6 * 7)); exit\n')
    expect(await output).toContain('42')
  })
})

describe('vm ssh-config', () => {
  it('prints a Host block that quotes what needs it', async () => {
    const { stdout } = await runCli(daemon.env, ['vm', 'ssh-config', 'box'])
    expect(stdout).toContain('Host banger-box\n')
    expect(stdout).toContain('ProxyCommand /opt/banger/bin/banger vm dial box 22 --wait\n')
    expect(stdout).toContain(`IdentityFile "${accessInfo.identityFile}"\n`)
    expect((await runCli(daemon.env, ['vm', 'ssh-config'])).stdout).toBe(stdout)
  })

  it.skipIf(!hasSsh)('is what plain ssh needs to reach the VM (skipped where /usr/bin/ssh is missing)', async () => {
    const lib = join(daemon.paths.state, "it's 100%/lib/banger")
    const launcher = join(lib, '../../bin/banger')
    await mkdir(join(lib, '../../bin'), { recursive: true })
    await writeFile(launcher, `#!/bin/sh\nexec '${process.execPath}' '${cliArgs[0]}' "$@"\n`, { mode: 0o755 })
    const env = { ...daemon.env, TEST_LIB: lib }
    const config = join(daemon.paths.state, 'ssh_config')
    await writeFile(config, (await runCli(env, ['vm', 'ssh-config', 'box'])).stdout)
    const { stdout } = await promisify(execFile)('ssh', ['-F', config, 'banger-box', 'echo reached'], { env: cliEnv(env) })
    expect(stdout).toBe('reached\n')
  })
})
