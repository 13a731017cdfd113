import { appendFile, rm, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DoctorCheck } from '../../src/hooks/doctor.ts'
import type { ImageEntry } from '../../src/protocol/model.ts'
import { aPlugin } from '../samples.ts'
import { type FakeDaemon, fakeDaemon, fakeInfo, fakeVm, json, operation, result, type Route } from '../client/fake-daemon.ts'
import { type CliResult, cliArgs, cliEnv, runCli, startCli } from './run-cli.ts'

let daemon: FakeDaemon
beforeEach(async () => {
  daemon = await fakeDaemon()
})
afterEach(() => daemon[Symbol.asyncDispose]())

describe('every command', () => {
  it('shows an error as its message and hint, without a stack, and exits with 1', async () => {
    const { code, stdout, stderr } = await banger('vm show none')
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error: There is nothing at GET /v1/vms/none.\nLook elsewhere.\n',
    })
  })

  it('shows the stack with DEBUG', async () => {
    expect((await runCli({ ...daemon.env, DEBUG: '1' }, ['vm', 'show', 'none'])).stderr).toMatch(/\n {4}at /)
  })

  it('prints an error as JSON on stdout with --json', async () => {
    const { code, stdout } = await banger('vm show none --json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'vm.not-found', message: 'There is nothing at GET /v1/vms/none.', hint: 'Look elsewhere.' },
    })
  })

  it('exits with 2 for wrong use, with and without --json', async () => {
    expect(await banger('vm show')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Error: Missing 1 required arg/) })
    const wrong = await banger('vm list --json --nonsense')
    expect(wrong.code).toBe(2)
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'usage', message: expect.stringContaining('--nonsense') } })
  })

  it('warns about a daemon of another version', async () => {
    daemon.routes['GET /v1/vms'] = (_call, response) => {
      response.setHeader('banger-version', '9.9.9')
      json(response, [])
    }
    expect((await banger('vm list')).stderr).toContain('Warning: the daemon runs banger 9.9.9; this is 0.1.0.')
  })
})

describe('vm list', () => {
  it('lists running VMs as aligned columns and tells how many are not shown', async () => {
    vms(
      fakeVm({ publish: [{ hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 }] }),
      fakeVm({ name: 'old', state: 'stopped' }),
    )
    expect(await banger('vm list')).toMatchObject({
      stdout:
        'NAME  STATE    IMAGE            VCPUS  MEMORY  ADDRESS  PORTS               CREATED\nbox   running  debian-bookworm  2      1 GiB   -        127.0.0.1:8080->80  1h ago\n',
      stderr: '1 stopped VM is not shown: banger vm list --all\n',
    })
    expect((await banger('vm list --all')).stdout).toContain('old')
  })

  it('prints the same as JSON', async () => {
    vms(fakeVm(), fakeVm({ name: 'old', state: 'stopped' }))
    const { stdout, stderr } = await banger('vm list --json')
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'box', memory: 1024 }])
    expect(stderr).toBe('')
  })

  it('prints an empty list as JSON, and says how to begin otherwise', async () => {
    vms()
    expect((await banger('vm list --json')).stdout).toBe('[]\n')
    expect(await banger('vm list')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('banger vm run') })
  })
})

describe('vm create', () => {
  it('shows progress as lines on stderr and the VM on stdout', async () => {
    daemon.routes['POST /v1/vms'] = (_call, response) => {
      const answer = operation(response)
      for (const message of ['Making the disk', 'Booting'])
        answer.send({ type: 'progress', event: { id: message, message, state: 'running' } })
      answer.send({ type: 'result', value: fakeVm({ warnings: ['no entropy'] }) })
      answer.end()
    }
    expect(await banger('vm create --no-start')).toEqual({
      code: 0,
      signal: null,
      stdout: 'box is running\n',
      stderr: 'Making the disk\nBooting\nWarning: no entropy\n',
    })
    expect(daemon.calls[0]?.body).toEqual({ start: false })
    const asJson = await banger('vm create --json')
    expect(JSON.parse(asJson.stdout)).toMatchObject({ name: 'box', warnings: ['no entropy'] })
    expect(
      asJson.stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(
      ['Making the disk', 'Booting'].map((message) => ({ type: 'progress', event: { id: message, message, state: 'running' } })),
    )
  })
})

describe('verbs on several VMs', () => {
  it('do what can be done, and report all that failed as one', async () => {
    daemon.routes['POST /v1/vms/one/stop'] = result(fakeVm({ name: 'one', state: 'stopped' }))
    const { code, stderr } = await banger('vm stop none one nil')
    expect(code).toBe(1)
    expect(stderr).toBe(
      'Error: There is nothing at POST /v1/vms/none/stop.\nThere is nothing at POST /v1/vms/nil/stop.\nLook elsewhere.\n',
    )
    expect(daemon.calls).toHaveLength(3)
  })

  it('ask once for a name given twice', async () => {
    daemon.routes['POST /v1/vms/one/start'] = result(fakeVm({ name: 'one' }))
    expect(await banger('vm start one one')).toMatchObject({ code: 0, stdout: 'one is running\n' })
  })

  it('delete running VMs only with --force', async () => {
    daemon.routes['DELETE /v1/vms/box'] = (_call, response) =>
      json(response, { code: 'vm.delete-running', message: 'The VM "box" is running.', hint: 'Stop it.' }, 409)
    daemon.routes['DELETE /v1/vms/box?force=true'] = result({})
    expect(await banger('vm delete box')).toMatchObject({ code: 1, stderr: 'Error: The VM "box" is running.\nStop it.\n' })
    expect(await banger('vm delete --force box')).toMatchObject({ code: 0, stdout: 'box is deleted\n' })
  })

  it('say that the daemon carries on when one that cannot be undone is interrupted', async () => {
    daemon.routes['POST /v1/vms/box/stop'] = (_call, response) =>
      operation(response).send({ type: 'progress', event: { id: 's', message: 'Stopping', state: 'running' } })
    const { child, ended } = startCli(daemon.env, ['vm', 'stop', 'box'])
    await once(child.stderr as NodeJS.ReadableStream, 'data')
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining('The daemon carries on') })
  })
})

describe('vm show, ports and stats', () => {
  it('show what is known', async () => {
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, fakeVm({ machine: { pid: 42, startTime: 1 } }))
    expect((await banger('vm show box')).stdout).toMatch(/name: +box\n[\s\S]*vmm: +qemu \(pid 42\)/)
  })

  it('show how far the first boot is, what failed in it and where to read on', async () => {
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, fakeVm({ id: 'box' }))
    const health = {
      firstBoot: [
        { name: 'tools', state: 'running', log: '/var/log/banger/first-boot-tools.log' },
        {
          name: 'sshd',
          state: 'failed',
          command: ['apt-get', 'update'],
          exitCode: 100,
          detail: 'E: one\nE: two',
          log: '/var/log/banger/first-boot-sshd.log',
        },
        { name: 'web', state: 'failed', detail: 'Not here.' },
      ],
      services: [
        { name: 'sshd', state: 'waiting', restarts: 0 },
        { name: 'api', state: 'running', pid: 7, restarts: 2 },
      ],
    }
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) => json(response, health)
    expect((await banger('vm show box')).stdout).toContain(`first boot:  tools: running
               log: /var/log/banger/first-boot-tools.log (banger vm logs box --step tools)
             sshd: failed (apt-get update: status 100)
               E: one
               E: two
               log: /var/log/banger/first-boot-sshd.log (banger vm logs box --step sshd)
               it is tried again when the VM starts
             web: failed
               Not here.
services:    sshd: waiting
             api: running (pid 7, 2 restarts)
`)
    expect(JSON.parse((await banger('vm show box --json')).stdout)).toMatchObject({ id: 'box', ...health })
  })

  it('show the rest of a VM whose guest does not answer', async () => {
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, fakeVm({ id: 'box' }))
    daemon.routes['GET /v1/vms/box/health'] = (_call, response) =>
      json(response, { code: 'guest.unreachable', message: 'Gone.' }, 503)
    const shown = await banger('vm show box')
    expect(shown).toMatchObject({ code: 0, stderr: 'Warning: Gone.\n', stdout: expect.stringMatching(/state: +running/) })
  })

  it('say where a port of the guest is published', async () => {
    const publish = [{ hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 }]
    daemon.routes['GET /v1/vms/box'] = (_call, response) =>
      json(
        response,
        fakeVm({ publish, attachment: { kind: 'user', publish, guest: { mac: '', address: '10.0.2.15/24', dns: [] } } }),
      )
    daemon.routes['GET /v1/vms/box/ports'] = (_call, response) =>
      json(response, [{ protocol: 'tcp', address: '0.0.0.0', port: 80, pid: 7, process: 'nginx' }])
    expect((await banger('vm ports box')).stdout).toBe(
      'PROTOCOL  ADDRESS  PORT  PROCESS  PID  ON THIS HOST\ntcp       0.0.0.0  80    nginx    7    127.0.0.1:8080\n',
    )
    expect(JSON.parse((await banger('vm ports box --json')).stdout)).toMatchObject([{ port: 80, published: publish }])
  })

  it('say where this host reaches a VM on a bridge: what listens on all of its addresses', async () => {
    const guest = { mac: '', address: '172.16.0.2/24', dns: [], search: ['banger'] }
    daemon.routes['GET /v1/vms/box'] = (_call, response) =>
      json(response, fakeVm({ attachment: { kind: 'tap', device: 't0', publish: [], guest } }))
    daemon.routes['GET /v1/vms/box/ports'] = (_call, response) =>
      json(response, [
        { protocol: 'tcp', address: '0.0.0.0', port: 4096, pid: 7, process: 'opencode' },
        { protocol: 'tcp', address: '127.0.0.1', port: 25, pid: 8, process: 'mta' },
      ])
    const { stdout } = await banger('vm ports box')
    expect(stdout).toMatch(/opencode +7 +172\.16\.0\.2:4096\n/)
    expect(stdout).toMatch(/mta +8 +-\n/)
    expect((await banger('vm show box')).stdout).toMatch(/address: +172\.16\.0\.2 \(box\.banger\)/)
  })

  it('compute the share of CPU from two moments', async () => {
    let busy = 100
    daemon.routes['GET /v1/vms/box/stats'] = (_call, response) => {
      const cpu = { busy, total: busy * 2, count: 2 }
      busy += 50
      json(response, {
        uptime: 65_000,
        load: [0.5, 0.25, 0],
        memory: { total: 1024, available: 512 },
        cpu,
        disk: { total: 2048, available: 1024 },
        network: { received: 10, sent: 2048 },
        connections: { inbound: 3, accepted: 9 },
      })
    }
    const usage = { host: { at: 0, cpus: 0.5, memory: 2048, disk: 1024 } }
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, { ...fakeVm(), usage })
    const { stdout } = await banger('vm stats box')
    expect(stdout).toMatch(/connections: +3 from outside\non this host: +0\.5 CPUs, 2 MiB memory, 1 MiB disk/)
    expect(stdout).toContain('50% of 2 CPUs')
    expect(stdout).toContain('512 KiB of 1 MiB used')
  })
})

describe('vm logs', () => {
  it('prints the console log, or its last lines', async () => {
    const consoleLog = join(daemon.paths.state, 'console.log')
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, fakeVm({ consoleLog }))
    expect(await banger('vm logs box')).toMatchObject({ code: 0, stdout: '' })
    const long = `${'x'.repeat(99)}\n`.repeat(2000)
    await writeFile(consoleLog, `${long}one\ntwo\nthree\n`)
    expect((await banger('vm logs box')).stdout).toHaveLength(long.length + 14)
    expect((await banger('vm logs box --lines 2')).stdout).toBe('two\nthree\n')
    expect((await banger('vm logs box -n 1002')).stdout).toHaveLength(999 * 100 + 14)
    expect((await banger('vm logs box -n 0')).stdout).toBe('')
    await appendFile(consoleLog, 'unfinished')
    expect((await banger('vm logs box -n 1')).stdout).toBe('unfinished')
  })

  it('prints what a step of the first boot or a service wrote, as the guest has it', async () => {
    const text =
      (body: string): Route =>
      (_call, response) =>
        void response.writeHead(200, { 'content-type': 'text/plain' }).end(body)
    daemon.routes['GET /v1/vms/box/log?name=first-boot-sshd&lines=2'] = text('E: one\nE: two\n')
    daemon.routes['GET /v1/vms/box/log?name=sshd'] = text('listening\n')
    expect(await banger('vm logs box --step sshd --lines 2')).toMatchObject({ code: 0, stdout: 'E: one\nE: two\n', stderr: '' })
    expect(await banger('vm logs box --service sshd')).toMatchObject({ code: 0, stdout: 'listening\n', stderr: '' })
    expect((await banger('vm logs box --step nope')).code).toBe(1)
    expect((await banger('vm logs box --step sshd --service sshd')).code).toBe(2)
  })

  it("follows a step's log until its reader goes", async () => {
    const closed = Promise.withResolvers<void>()
    daemon.routes['GET /v1/vms/box/log?name=first-boot-sshd&follow=true'] = (_call, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      const writing = setInterval(() => response.write('one\n'), 20)
      response.once('close', () => closed.resolve(clearInterval(writing)))
    }
    const pipe = `'${process.execPath}' '${cliArgs[0]}' vm logs box --step sshd --follow | head -n 1`
    const { stdout } = await promisify(execFile)('sh', ['-c', pipe], { env: cliEnv(daemon.env) })
    await closed.promise
    expect(stdout).toBe('one\n')
  })

  it('follows it until it is removed', async () => {
    const consoleLog = join(daemon.paths.state, 'console.log')
    daemon.routes['GET /v1/vms/box'] = (_call, response) => json(response, fakeVm({ consoleLog }))
    await writeFile(consoleLog, 'one\n')
    const { child, ended } = startCli(daemon.env, ['vm', 'logs', 'box', '--follow'])
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    await appendFile(consoleLog, 'two\n')
    await rm(consoleLog)
    expect(await ended).toMatchObject({ code: 0, stdout: 'one\ntwo\n' })
  })
})

describe('image commands', () => {
  const image: ImageEntry = {
    name: 'base',
    source: 'docker.io/library/base:1',
    digest: `sha256:${'1a'.repeat(32)}`,
    platform: 'linux/amd64',
    managed: true,
    files: { rootfs: '/r' },
    cached: ['/blob'],
    cachedSize: 3 << 20,
    sharedSize: 1 << 20,
    config: { env: ['A=b', 'C=d e'], user: 'me', workingDir: '/w', cmd: ['sh', '-c', 'a b'], labels: { x: 'y\x1b[2J\nz' } },
    init: '/sbin/init',
    size: 1 << 28,
    createdAt: Date.now() - 7_200_000,
  }

  it('list, show and delete', async () => {
    daemon.routes['GET /v1/images'] = (_call, response) => json(response, [image])
    daemon.routes['GET /v1/images/base'] = (_call, response) => json(response, image)
    daemon.routes['DELETE /v1/images/base'] = (_call, response) => json(response, {})
    expect((await banger('image list')).stdout).toContain(
      'base  docker.io/library/base:1  1a1a1a1a1a1a  256 MiB  3 MiB   1 MiB   2h ago',
    )
    expect(JSON.parse((await banger('image list --json')).stdout)).toEqual([image])
    const shown = (await banger('image show base')).stdout.replace(/ +/g, ' ')
    for (const line of [
      'platform: linux/amd64',
      'init: /sbin/init',
      'environment: A=b\n C=d e',
      'user: me',
      'working dir: /w',
      'command: sh -c "a b"',
      'labels: x=y\\x1b[2J\\nz',
      'cached: 3 MiB, 1 MiB of it shared with other images',
    ])
      expect(shown).toContain(`${line}\n`)
    expect(JSON.parse((await banger('image show base --json')).stdout)).toEqual(image)
    expect((await banger('image delete base')).stdout).toBe('base is deleted\n')
  })

  it('prune: say what went, and what could', async () => {
    const nothing = { files: 0, size: 0 }
    const pruned = { dryRun: false, images: [], unused: [image], cache: { files: 2, size: 2048 }, initrds: nothing, freed: 2048 }
    daemon.routes['POST /v1/images/prune'] = result(pruned)
    expect(await banger('image prune')).toMatchObject({
      code: 0,
      stdout: 'Deleted 2 cached files that no image uses (2 KiB)\nFreed 2 KiB.\n',
      stderr: '1 image is used by no VM; delete it with: banger image prune --all\n',
    })
    expect(JSON.parse((await banger('image prune --json')).stdout)).toEqual(pruned)
    daemon.routes['POST /v1/images/prune'] = result({ ...pruned, unused: [], cache: nothing, freed: 0 })
    expect((await banger('image prune')).stdout).toBe('Nothing is unused.\n')
    const initrds = { files: 1, size: 1024 }
    daemon.routes['POST /v1/images/prune'] = result({
      ...pruned,
      dryRun: true,
      images: [image],
      unused: [],
      initrds,
      freed: 1 << 28,
    })
    expect((await banger('image prune --all --dry-run')).stdout).toBe(
      'Would delete the image base (256 MiB)\nWould delete 2 cached files that no image uses (2 KiB)\nWould delete 1 initrd that no kernel uses (1 KiB)\nWould free 256 MiB.\n',
    )
    expect(daemon.calls.at(-1)?.body).toEqual({ all: true, dryRun: true })
  })

  it.each(['', ' --json'])('prune no image that nobody was asked about%s', async (more) => {
    const refused = await banger(`image prune --all${more}`)
    expect(refused.code).toBe(2)
    expect(refused.stdout + refused.stderr).toContain('add --force')
    expect(daemon.calls).toEqual([])
    daemon.routes['POST /v1/images/prune'] = (_call, response) => json(response, {}, 500)
    await banger(`image prune --all --force${more}`)
    expect(daemon.calls.map(({ body }) => body)).toEqual([{ all: true }])
  })

  it('pull with a name and a kernel', async () => {
    daemon.routes['POST /v1/images'] = result(image)
    expect((await banger('image pull debian:bookworm --name base --kernel-ref generic-6.1')).stdout).toBe(
      'base is ready (256 MiB)\n',
    )
    expect(daemon.calls[0]?.body).toEqual({ ref: 'debian:bookworm', name: 'base', kernelRef: 'generic-6.1' })
  })

  it('pull for a platform, from a registry that is not trusted, with a kernel of the user’s', async () => {
    daemon.routes['POST /v1/images'] = result(image)
    const kernel = join(daemon.paths.state, 'vmlinux')
    await writeFile(kernel, '')
    await banger(`image pull x --platform linux/amd64/v2 --insecure --kernel ${kernel} --modules ${daemon.paths.state}`)
    expect(daemon.calls[0]?.body).toEqual({
      ref: 'x',
      platform: 'linux/amd64/v2',
      insecure: true,
      kernel: { kernel, modules: daemon.paths.state },
    })
  })

  it.each([
    ['--kernel nowhere', 'nowhere is not there'],
    ['--modules .', '--kernel'],
    ['--kernel . --kernel-ref x', '--kernel'],
  ])('pull nothing with %s', async (flags, reason) => {
    expect(await banger(`image pull x ${flags}`)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) })
    expect(daemon.calls).toEqual([])
  })
})

describe('doctor', () => {
  it('exits with 0 for warnings and with 1 for errors, and lists plugins that could not be loaded', async () => {
    const checks: DoctorCheck[] = [{ id: 'kvm', status: 'warning', message: 'No KVM.', advice: 'Load the module.' }]
    daemon.routes['GET /v1/doctor'] = (_call, response) => json(response, checks)
    const dirs = { config: '/c', state: '/s', cache: '/k', data: daemon.paths.data }
    daemon.routes['GET /v1/info'] = (_call, response) => json(response, fakeInfo({ dirs }))
    expect(await banger('doctor')).toMatchObject({ code: 0, stdout: 'warning  kvm  No KVM.\n              Load the module.\n' })
    expect((await banger('doctor --strict')).code).toBe(3)
    daemon.routes['GET /v1/info'] = (_call, response) =>
      json(
        response,
        fakeInfo({
          dirs,
          plugins: [aPlugin({ name: 'bad', status: 'failed', reason: 'it threw' })],
        }),
      )
    const broken = await banger('doctor --json')
    expect(broken.code).toBe(1)
    expect(JSON.parse(broken.stdout)).toMatchObject({
      status: 'error',
      checks: [{ id: 'kvm' }, { id: 'plugin:bad', message: expect.stringContaining('it threw') }],
    })
    daemon.routes['GET /v1/info'] = (_call, response) => json(response, fakeInfo())
    expect((await banger('doctor')).stdout).toContain(`The daemon takes plugins from /d, this command from ${daemon.paths.data}`)
  })
})

describe('daemon commands', () => {
  it('start it when it does not run, show it, stop it, and tell that it is stopped', async () => {
    await daemon.stop()
    expect(await banger('daemon status')).toMatchObject({ code: 3, stdout: expect.stringContaining('not running') })
    expect(await banger('daemon stop')).toMatchObject({ code: 0, stdout: 'The daemon was not running.\n' })
    expect((await banger('daemon start')).stdout).toMatch(/^The daemon runs \(pid \d+\)\.\n$/)
    const { pid } = JSON.parse((await banger('daemon start --json')).stdout) as { pid: number }
    expect(await banger('daemon stop')).toMatchObject({ code: 0, stdout: 'The daemon has stopped.\n' })
    expect(await banger('daemon stop')).toMatchObject({ code: 0, stdout: 'The daemon was not running.\n' })
    expect(pid).toBeGreaterThan(1)
    expect(JSON.parse((await banger('daemon status --json')).stdout)).toEqual({ running: false })
  })

  it('start it for any command that needs it', async () => {
    await daemon.stop()
    expect(await banger('vm list')).toMatchObject({ code: 0, stderr: expect.stringContaining('There are no VMs') })
    expect((await banger('daemon stop')).code).toBe(0)
  })
})

function banger(line: string): Promise<CliResult> {
  return runCli(daemon.env, line.split(' '))
}

function vms(...list: unknown[]): void {
  daemon.routes['GET /v1/vms'] = (_call, response) => json(response, list)
}
