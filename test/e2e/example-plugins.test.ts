import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, until } from './banger.ts'
import { Scratch } from './scratch.ts'
import { makeTinyRootfs } from './tiny-rootfs.ts'

const examples = join(import.meta.dirname, '../../examples')

/** Stands for Fedora: the package manager writes down what it was asked for, and its sshd sleeps. */
const fedora = {
  '/etc/os-release': 'ID=fedora\nPRETTY_NAME="A small Fedora"\n',
  '/bin/dnf': '#!/bin/sh\necho "$@" > /asked\nexec cp /bin/sleeper /usr/sbin/sshd\n',
  '/bin/sleeper': '#!/bin/sh\nexec sleep 1000000\n',
  '/usr/sbin/.keep': '',
}

describe('the plugins in examples/, installed from their tarballs beside a VM that runs all the while', () => {
  let scratch: Scratch
  let server: Server | undefined
  let bystander: object
  beforeAll(async () => {
    scratch = new Scratch()
    const [kernel] = await new Banger(inject('home')).kernels()
    const { vmlinux, modules } = kernel?.files ?? { vmlinux: '' }
    await scratch.ok(['kernel', 'import', '--name', 'borrowed', '--kernel', vmlinux, ...(modules ? ['--modules', modules] : [])])
    makeTinyRootfs(at('plain'), ['sh', 'cat', 'sleep'])
    await scratch.ok(['image', 'register', '--name', 'plain', '--rootfs', at('plain')])
    await scratch.ok(['vm', 'create', '--name', 'bystander', '--image', 'plain', '--memory', '256'])
    bystander = await stateOf('bystander')

    makeTinyRootfs(at('fedora'), ['sh', 'cat', 'cp', 'sleep'], fedora)
    execFileSync('tar', ['--create', '--gzip', `--file=${at('fedora.tar.gz')}`, `--directory=${at('fedora')}`, '.'])
    server = await serve({ '/fedora.tar.gz': readFileSync(at('fedora.tar.gz')) })
    write('.config/banger/dotfiles/.greeting', 'hello from the host\n')
    write(
      '.config/banger/config.toml',
      `[plugins.http-rootfs]
base_url = "${url('')}"
[plugins.dotfiles]
service = ["sh", "-c", "cat .greeting > served; exec sleep 1000000"]
`,
    )
    for (const name of ['http-rootfs', 'dotfiles', 'distro-fedora', 'vm-forgotten'])
      await scratch.ok(['plugins', 'install', '--yes', pack(`plugin-${name}`)])
  })
  afterAll(async () => {
    server?.close()
    await scratch[Symbol.asyncDispose]()
  })

  it('are all loaded', async () => {
    const plugins = await scratch.json<{ name: string; version: string; status: string }[]>(['plugins'])
    const ours = plugins.filter(({ name }) => name.startsWith('banger-plugin-'))
    expect(ours.map(({ name, version, status }) => [name, version, status])).toEqual([
      ['banger-plugin-distro-fedora', '1.0.0', 'ok'],
      ['banger-plugin-dotfiles', '1.0.0', 'ok'],
      ['banger-plugin-http-rootfs', '1.0.0', 'ok'],
      ['banger-plugin-vm-forgotten', '1.0.0', 'ok'],
    ])
  })

  it('give a VM its root filesystem from a web server', async () => {
    await scratch.ok(['image', 'pull', 'http-rootfs:fedora.tar.gz'])
    expect(await scratch.images()).toContainEqual(
      expect.objectContaining({ name: 'fedora', source: expect.stringMatching(/^http-rootfs:http:.*#sha256=[0-9a-f]{64}$/) }),
    )
    await scratch.ok(['vm', 'create', '--name', 'box', '--image', 'fedora', '--memory', '256'])
    expect(await guest('cat /etc/os-release')).toContain('A small Fedora')
  })

  it('give it the dotfiles of the host, and the service beside them', async () => {
    expect(await guest('cat /root/.greeting')).toBe('hello from the host\n')
    await until(
      async () => (await scratch.run(['vm', 'exec', 'box', '--', 'cat', '/root/served'])).stdout === 'hello from the host\n',
    )
  })

  it("have its sshd installed by the guest's own package manager", async () => {
    await until(async () => (await scratch.run(['vm', 'exec', 'box', '--', 'cat', '/asked'])).status === 0)
    expect(await guest('cat /asked')).toMatch(/^install -y .* openssh-server\n$/)
  })

  it("add a command, with banger's own help and --json", async () => {
    expect(await scratch.json(['vm', 'forgotten', '--days', '0'])).toEqual([])
    await scratch.ok(['vm', 'stop', 'box'])
    expect(await scratch.ok(['vm', 'forgotten', '--days', '0', '--names'])).toBe('box\n')
    expect(await scratch.ok(['vm', 'forgotten', '--days', '0'])).toMatch(/^NAME +IMAGE .*\nbox +fedora /)
    expect(await scratch.ok(['vm', 'forgotten', '--help'])).toContain('List the VMs that were made long ago')
  })

  it('go when they are uninstalled, and what was made by them stays', async () => {
    await change('uninstall', 'banger-plugin-http-rootfs', 'banger-plugin-vm-forgotten')
    const refused = await scratch.run(['image', 'pull', `http-rootfs:${url()}`, '--name', 'again'])
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('No image source knows the reference')])
    expect((await scratch.run(['vm', 'forgotten'])).stderr).toContain('There is no command "vm forgotten"')
    await scratch.ok(['vm', 'start', 'box'])
    expect(await guest('cat /etc/os-release')).toContain('A small Fedora')
  })

  it('are linked while they are written: a change counts from the next start of the daemon on', async () => {
    cpSync(join(examples, 'plugin-http-rootfs'), at('work'), { recursive: true })
    await change('link', at('work'))
    await scratch.ok(['image', 'pull', 'http-rootfs:fedora.tar.gz', '--name', 'linked'])
    const source = readFileSync(at('work/src/source.js'), 'utf8')
    writeFileSync(at('work/src/source.js'), source.replace("scheme: 'http-rootfs'", "scheme: 'changed'"))
    expect((await scratch.run(['image', 'pull', `changed:${url()}`, '--name', 'early'])).status).toBe(1)
    await scratch.ok(['daemon', 'stop'])
    await scratch.ok(['image', 'pull', `changed:${url()}`, '--name', 'changed'])
    await change('unlink', 'banger-plugin-http-rootfs')
    expect((await scratch.run(['image', 'pull', `changed:${url()}`, '--name', 'late'])).status).toBe(1)
  })

  it('were nothing to the VM beside them', async () => {
    expect(await stateOf('bystander')).toEqual(bystander)
  })

  const at = (path: string): string => join(scratch.home, path)

  const url = (file = 'fedora.tar.gz'): string =>
    `http://127.0.0.1:${(server?.address() as AddressInfo | undefined)?.port}/${file}`

  /** Changes the plugins, and waits until a new daemon knows. */
  async function change(...args: string[]): Promise<void> {
    const before = await scratch.daemonPid()
    await scratch.ok(['plugins', ...args])
    await until(async () => ![undefined, before].includes(await scratch.daemonPid()))
  }

  function write(path: string, text: string): void {
    mkdirSync(join(at(path), '..'), { recursive: true })
    writeFileSync(at(path), text)
  }

  /** @returns path of the tarball that npm would publish */
  function pack(example: string): string {
    const args = ['pack', '--json', `--pack-destination=${scratch.home}`, join(examples, example)]
    const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as { filename: string }[]
    return at(packed?.filename ?? '')
  }

  function guest(script: string): Promise<string> {
    return scratch.ok(['vm', 'exec', 'box', '--', 'sh', '-c', script])
  }

  /** What would be another had the VM been touched: its process, its boot, when it was started. */
  async function stateOf(vm: string): Promise<object> {
    const { machine, startedAt, warnings } = await scratch.vm(vm)
    const boot = await scratch.ok(['vm', 'exec', vm, '--', 'cat', '/proc/sys/kernel/random/boot_id'])
    return { machine, startedAt, warnings, boot }
  }
})

/** Serves tarballs on loopback, each with its checksum beside it. */
async function serve(files: Record<string, Buffer>): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const file = files[url]
    const summed = files[url.replace(/\.sha256$/, '')]
    const answer = file ?? (summed && createHash('sha256').update(summed).digest('hex'))
    response.writeHead(answer === undefined ? 404 : 200).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
