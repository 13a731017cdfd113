import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, fakeVm, json, operation, result } from '../client/fake-daemon.ts'
import { fakeGuest } from './fake-guest.ts'
import { runCli, startCli } from './run-cli.ts'

const vm = '/v1/vms/abcdefghijkl'
let daemon: FakeDaemon
let guest: ReturnType<typeof fakeGuest>

beforeEach(async () => {
  daemon = await fakeDaemon()
  guest = fakeGuest()
  daemon.routes['POST /v1/vms'] = (call, response) => {
    const answer = operation(response)
    answer.send({ type: 'progress', event: { id: 'boot', message: 'Booting', state: 'running' } })
    answer.send({ type: 'result', value: fakeVm({ ephemeral: Boolean((call.body as { ephemeral?: boolean }).ephemeral) }) })
    answer.end()
  }
  daemon.routes[`DELETE ${vm}?force=true`] = result({})
  daemon.upgrades[`POST ${vm}/exec`] = guest.serve
})
afterEach(() => daemon[Symbol.asyncDispose]())

describe('vm run -- command', () => {
  it('creates a VM, runs the command in it, removes it and exits with its status', async () => {
    const { code, stdout, stderr } = await runCli(daemon.env, ['vm', 'run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])
    expect({ code, stdout, stderr }).toEqual({ code: 7, stdout: 'out\n', stderr: 'Booting\nerr\n' })
    expect(daemon.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/vms',
      `POST ${vm}/exec`,
      `DELETE ${vm}?force=true`,
    ])
    expect(daemon.calls[0]?.body).toMatchObject({ ephemeral: true })
  })

  it('hands stdin to the command', async () => {
    expect((await runCli(daemon.env, ['vm', 'run', '--', 'wc', '-c'], 'abc')).stdout.trim()).toBe('3')
  })

  it('hands on what the VM should be', async () => {
    const flags = [
      '--image',
      'devbox',
      '--name',
      'box',
      '--vcpus',
      '4',
      '--memory',
      '2G',
      '--disk',
      '10G',
      '--network',
      'user',
      '--publish',
      '8080:80',
      '--publish',
      '22',
      '--vmm',
      'qemu',
    ]
    await runCli(daemon.env, ['vm', 'run', ...flags, '--env', 'A=1', '--', 'true'])
    expect(daemon.calls[0]?.body).toEqual({
      image: 'devbox',
      name: 'box',
      vcpus: 4,
      memory: 2048,
      disk: 10_240,
      network: 'user',
      publish: [
        { hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 },
        { hostAddress: '127.0.0.1', hostPort: 0, guestPort: 22 },
      ],
      vmm: 'qemu',
      ephemeral: true,
    })
    expect(guest.starts[0]).toMatchObject({ argv: ['true'], env: { A: '1' } })
  })

  it('keeps the VM with --keep, and says so on stderr', async () => {
    const { stdout, stderr } = await runCli(daemon.env, ['vm', 'run', '--keep', '--', 'echo', 'hi'])
    expect(stdout).toBe('hi\n')
    expect(stderr).toContain('banger vm ssh box')
    expect(daemon.calls.some(({ method }) => method === 'DELETE')).toBe(false)
  })

  it('waits until the VM is gone when the daemon is removing it already', async () => {
    let asked = 0
    daemon.routes[`DELETE ${vm}?force=true`] = (_call, response) => {
      asked += 1
      json(
        response,
        asked < 3 ? { code: 'vm.busy', message: 'busy' } : { code: 'vm.not-found', message: 'gone' },
        asked < 3 ? 409 : 404,
      )
    }
    expect(await runCli(daemon.env, ['vm', 'run', '--', 'sh', '-c', 'exit 4'])).toMatchObject({ code: 4, stderr: 'Booting\n' })
    expect(asked).toBe(3)
  })

  it('closes the connection when it is interrupted while the VM is created', async () => {
    const closed = new Promise<void>((resolve) => {
      daemon.routes['POST /v1/vms'] = (_call, response) => {
        response.once('close', resolve)
        operation(response).send({ type: 'progress', event: { id: 'boot', message: 'Booting', state: 'running' } })
      }
    })
    const { child, ended } = startCli(daemon.env, ['vm', 'run', '--', 'true'])
    await once(child.stderr as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Creating the VM was interrupted') })
    await closed
    expect(guest.starts).toEqual([])
  })

  it('ends the command and removes the VM when it is interrupted', async () => {
    const { child, ended } = startCli(daemon.env, ['vm', 'run', '--', 'sh', '-c', 'echo ready; sleep 20'])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(daemon.calls.at(-1)).toMatchObject({ method: 'DELETE' })
  })

  it('removes the VM when the command cannot be run', async () => {
    expect((await runCli(daemon.env, ['vm', 'run', '--', 'no-such-thing'])).code).toBe(127)
    expect(daemon.calls.at(-1)).toMatchObject({ method: 'DELETE' })
  })

  it('exits with 125 when no VM could be made', async () => {
    daemon.routes['POST /v1/vms'] = (_call, response) =>
      json(response, { code: 'image.not-found', message: 'There is no image named "x".', hint: 'Get one.' }, 404)
    expect(await runCli(daemon.env, ['vm', 'run', '--image', 'x', '--', 'true'])).toMatchObject({
      code: 125,
      stdout: '',
      stderr: 'Error: There is no image named "x".\nGet one.\n',
    })
  })
})

describe('vm run', () => {
  it('reads commands for a shell from a stdin that is no terminal, and keeps the VM', async () => {
    const { code, stdout, stderr } = await runCli(daemon.env, ['vm', 'run'], 'echo hi\nexit 5\n')
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'hi\n' })
    expect(stderr).toContain('banger vm delete --force box')
    expect(guest.starts[0]?.tty).toBe(false)
  })

  it('removes the VM afterwards with --rm', async () => {
    await runCli(daemon.env, ['vm', 'run', '--rm'], 'exit\n')
    expect(daemon.calls[0]?.body).toMatchObject({ ephemeral: true })
    expect(daemon.calls.at(-1)).toMatchObject({ method: 'DELETE' })
  })

  it('refuses what only a workspace has, without a path', async () => {
    for (const flags of [
      ['--branch', 'x'],
      ['--branch', 'x', '--from', 'y'],
      ['--mode', 'full_copy'],
    ]) {
      const { code, stderr } = await runCli(daemon.env, ['vm', 'run', ...flags, '--', 'true'])
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`${flags[0]} needs the path`) })
    }
    expect((await runCli(daemon.env, ['vm', 'run', '.', '--from', 'x'])).code).toBe(2)
    expect(daemon.calls).toEqual([])
  })

  it('refuses a wrong size, port and number with status 2, before anything is made', async () => {
    for (const flags of [
      ['--memory', 'lots'],
      ['--publish', 'x'],
      ['--vcpus', '0'],
      ['--nonsense'],
      ['--keep', '--rm'],
      ['--'],
    ]) {
      expect((await runCli(daemon.env, ['vm', 'run', ...flags])).code, flags.join(' ')).toBe(2)
    }
    expect(daemon.calls).toEqual([])
  })
})

describe('vm run PATH', () => {
  const prepared = { guestPath: '/root/repo', source: '/src/shop', files: 1, sent: 1, bytes: 1, removed: 0, warnings: ['no git'] }
  const calls = () => daemon.calls.map(({ method, path }) => `${method} ${path}`)

  beforeEach(() => {
    daemon.routes['POST /v1/workspaces/check'] = (_call, response) => json(response, { source: '/src/shop' })
    daemon.routes[`POST ${vm}/workspace/prepare`] = result({ ...prepared, toolingLog: '/root/tooling.log' })
  })

  it('checks the checkout, makes a VM, brings it there and runs the command in it', async () => {
    const flags = ['--branch', 'new', '--from', 'main', '--mode', 'full_copy']
    const { code, stderr } = await runCli(daemon.env, ['vm', 'run', '/src/shop', ...flags, '--', 'sh', '-c', 'exit 3'])
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('Warning: no git') })
    expect(calls()).toEqual([
      'POST /v1/workspaces/check',
      'POST /v1/vms',
      `POST ${vm}/workspace/prepare`,
      `POST ${vm}/exec`,
      `DELETE ${vm}?force=true`,
    ])
    const source = { path: '/src/shop', mode: 'full_copy', branch: { name: 'new', from: 'main' } }
    expect(daemon.calls[0]?.body).toEqual(source)
    expect(daemon.calls[2]?.body).toEqual({ ...source, tooling: false })
    expect(guest.starts[0]).toMatchObject({ argv: ['sh', '-c', 'exit 3'], cwd: '/root/repo' })
  })

  it('has the tools installed for a shell, and says where the log is', async () => {
    const { stderr } = await runCli(daemon.env, ['vm', 'run', '/src/shop'], 'exit\n')
    expect(stderr).toContain('/root/tooling.log')
    expect(daemon.calls[2]?.body).toEqual({ path: '/src/shop', tooling: true })
  })

  it('makes no VM for what is no checkout', async () => {
    daemon.routes['POST /v1/workspaces/check'] = (_call, response) =>
      json(response, { code: 'workspace.no-checkout', message: 'It is none.' }, 400)
    expect(await runCli(daemon.env, ['vm', 'run', '/src/shop', '--', 'true'])).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('It is none.'),
    })
    expect(calls()).toEqual(['POST /v1/workspaces/check'])
  })

  it('removes the VM when the checkout cannot be brought there', async () => {
    daemon.routes[`POST ${vm}/workspace/prepare`] = (_call, response) =>
      json(response, { code: 'guest.disk-full', message: 'The disk is full.' }, 507)
    expect((await runCli(daemon.env, ['vm', 'run', '/src/shop', '--', 'true'])).code).toBe(125)
    expect(calls().at(-1)).toBe(`DELETE ${vm}?force=true`)
  })
})
