import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Health } from '../../core/src/guest/messages.ts'
import type { Image, Vm } from '../../core/src/protocol/model.ts'
import { type RealRegistry, startRegistry } from '../../plugins/image-oci/test/real-registry.ts'
import { Banger, environment, outcome, until } from './banger.ts'
import { hidesSources, imageObstacle, images, pushDebianImages } from './debian-images.ts'
import { Scratch } from './scratch.ts'
import { UnprivilegedUser } from './unprivileged-user.ts'

if (imageObstacle) console.warn(`the tests of pulled Debian images are left out: ${imageObstacle}`)

const login = { name: 'me', password: 'pass:word' }
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const imagePath = `/opt/tool/bin:${systemPath}`

/** One registry wants a login, the other none. Images, kernel and VMs are shared by all tests, which run in order. */
describe.skipIf(imageObstacle)('a Debian image of other tools, pulled from a registry', { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'banger-debian-'))
  const banger = new Scratch()
  let closed: RealRegistry
  let open: RealRegistry

  beforeAll(async () => {
    closed = await startRegistry(join(folder, 'closed'), { user: login })
    open = await startRegistry(join(folder, 'open'))
    const making = join(folder, 'making')
    mkdirSync(making)
    const credentials = `${login.name}:${login.password}`
    await pushDebianImages(making, { plain: { registry: closed.host, credentials }, systemd: { registry: open.host } })
    rmSync(making, { recursive: true })
    await importKernel(banger)
    await banger.ok(['image', 'pull', `${open.host}/${images.systemd}`, '--name', 'systemd'])
    // installs its sshd while the tests of the other one run
    await banger.ok(['vm', 'create', '--image', 'systemd', '--name', 'big'])
  }, 600_000)
  afterAll(async () => {
    await banger.run(['vm', 'delete', '--force', 'big', 'small'])
    await banger[Symbol.asyncDispose]()
    await closed.stop()
    await open.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const show = (vm: string) => banger.json<Vm & Health>(['vm', 'show', vm])
  const exec = (vm: string, script: string, ...flags: string[]) =>
    banger.ok(['vm', 'exec', vm, ...flags, '--', 'sh', '-c', script])

  /** The state of the step that installs sshd. */
  const step = async (vm: string) => (await show(vm)).firstBoot.find(({ name }) => name === 'sshd')

  describe('without an init', () => {
    it('is refused without the credentials that the registry wants, and comes with those of docker login', async () => {
      const ref = `${closed.host}/${images.plain}`
      const refused = await banger.run(['image', 'pull', ref, '--name', 'plain'])
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(`docker login ${closed.host}`)])
      logIn(banger, closed.host)
      await banger.ok(['image', 'pull', ref, '--name', 'plain'])
      const image = await banger.json<Image>(['image', 'show', 'plain'])
      expect(image).toMatchObject({ init: '', os: { id: 'debian' }, config: { user: 'app:users', entrypoint: ['/bin/false'] } })
    })

    it('takes commands while its first boot installs sshd, and is the system that it says', async () => {
      await banger.ok(['vm', 'create', '--image', 'plain', '--name', 'small'])
      expect(await exec('small', 'cat /etc/os-release')).toContain('ID=debian\n')
      expect(await exec('small', 'cat /srv/hello 2>/dev/null; ls /etc/motd 2>/dev/null; cat /proc/1/comm')).toBe('init\n')
    })

    it('runs commands as root, in the environment and the folder that the image names', async () => {
      const script = 'id -un; pwd; echo "$PATH"; echo "$EQUATION"; echo "$POEM"; echo "$HOME"'
      expect(await exec('small', script)).toBe(`root\n/made/here\n${imagePath}\na=b\ntwo\nlines\n/root\n`)
      expect(await exec('small', script, '--env', 'EQUATION=c', '--cwd', '/srv')).toContain('\n/srv\n')
    })

    it('runs commands as a user by name and by number, and says which user it does not have', async () => {
      expect(await exec('small', 'id -un; echo $HOME', '--user', 'www-data')).toBe('www-data\n/var/www\n')
      expect(await exec('small', 'id -u; id -g; echo $HOME', '--user', '4321:100')).toBe('4321\n100\n/\n')
      const refused = await banger.run(['vm', 'exec', 'small', '--user', 'app', '--', 'id'])
      expect([refused.status, refused.stderr]).toEqual([125, expect.stringContaining('no user "app"')])
    })

    it('shows what failed when sshd could not be installed, and goes on working', async () => {
      await until(async () => (await step('small'))?.state === 'failed', 120_000)
      expect(await step('small')).toMatchObject({
        command: expect.arrayContaining(['apt-get', 'install', 'openssh-server']),
        exitCode: 100,
        detail: expect.stringContaining('openssh-server'),
      })
      expect(await banger.ok(['vm', 'show', 'small'])).toMatch(/sshd: failed \(apt-get .*: status 100\)\n[\s\S]*openssh-server/)
      expect(await banger.ok(['vm', 'logs', 'small', '--step', 'sshd'])).toMatch(/running \["apt-get"[\s\S]*ended with 100/)
      const ssh = await banger.run(['vm', 'ssh', 'small', '--', 'true'])
      expect([ssh.status, ssh.stderr]).toEqual([
        125,
        expect.stringMatching(/could not be installed[\s\S]*vm logs small --step sshd/),
      ])
      expect(await exec('small', 'echo works')).toBe('works\n')
    })

    it('tries again at its next start, and takes commands while apt runs', async () => {
      await exec('small', `rm ${hidesSources}`)
      await banger.ok(['vm', 'stop', 'small'])
      await banger.ok(['vm', 'start', 'small'])
      await until(async () => (await exec('small', 'cat /proc/[0-9]*/comm; true')).includes('apt-get'))
      expect(await step('small')).toMatchObject({ state: 'running' })
      expect(await exec('small', 'apt-get --version')).toMatch(/^apt /)
    })

    it('lets vm ssh wait for sshd, which the agent keeps running', async () => {
      const ssh = await banger.run(['vm', 'ssh', 'small', '--', 'id -un; echo "$PATH"; echo "$EQUATION"; echo "$HOME"'])
      expect(ssh).toMatchObject({ status: 0, stdout: `root\n${imagePath}\na=b\n/root\n` })
      expect(ssh.stderr).toContain('Waiting for sshd')
      const { firstBoot, services } = await show('small')
      expect([firstBoot, services]).toMatchObject([[{ name: 'sshd', state: 'done' }], [{ name: 'sshd', state: 'running' }]])
      expect(await exec('small', 'ls /etc/ssh/*_key; ls -d /var/lib/banger/apt 2>&1 || true')).toMatch(
        /^\/etc\/ssh\/ssh_host_ed25519_key\n.*No such file/,
      )
    })

    it('is reached by plain ssh, also in a login shell', async () => {
      expect(await plainSsh('small', 'bash -lc "echo \\$PATH"')).toBe(`${imagePath}\n`)
      const shell = await banger.run(['vm', 'ssh', 'small', '--tty'], { input: 'pwd; exit\n' })
      expect(shell.stdout).toContain('/made/here')
    })
  })

  describe('with systemd', () => {
    it('gets its sshd from its own package manager and runs it under systemd', async () => {
      expect(await exec('big', '. /etc/os-release; echo $ID; echo "$PATH"; cat /proc/1/comm')).toBe(
        `debian\n${systemPath}\nsystemd\n`,
      )
      expect(await banger.ok(['vm', 'ssh', 'big', '--', 'systemctl is-active ssh; systemctl is-enabled ssh'])).toBe(
        'active\nenabled\n',
      )
      expect(await plainSsh('big', 'hostname')).toBe('big\n')
      const { firstBoot, services } = await show('big')
      expect([firstBoot, services]).toMatchObject([[{ name: 'sshd' }], []])
    })

    it('runs sshd again after a restart, without installing anything', async () => {
      await until(async () => (await step('big'))?.state === 'done', 60_000)
      await banger.ok(['vm', 'stop', 'big'])
      await banger.ok(['vm', 'start', 'big'])
      expect(await step('big')).toMatchObject({ state: 'done' })
      expect(await banger.ok(['vm', 'ssh', 'big', '--', 'hostname'])).toBe('big\n')
    })
  })

  it('gives an unprivileged user the same bytes as root', async () => {
    await using user = new UnprivilegedUser('banger-e2e-pull')
    logIn(user, closed.host)
    execFileSync('chown', ['--recursive', user.name, join(user.home, '.docker')])
    await user.ok(['image', 'pull', `${closed.host}/${images.plain}`, '--name', 'plain'])
    expect(await digestOf(user, 'plain')).toBe(await digestOf(banger, 'plain'))
  })

  async function plainSsh(vm: string, command: string): Promise<string> {
    const file = join(banger.home, 'ssh_config')
    writeFileSync(file, await banger.ok(['vm', 'ssh-config', vm]))
    const ssh = spawn('ssh', ['-F', file, '-o', 'BatchMode=yes', `banger-${vm}`, command], { env: environment(banger.home) })
    const result = await outcome(ssh)
    expect(result).toMatchObject({ status: 0 })
    return result.stdout
  }
})

/** As docker login does. */
function logIn(user: Banger, registry: string): void {
  const auth = Buffer.from(`${login.name}:${login.password}`).toString('base64')
  mkdirSync(join(user.home, '.docker'), { recursive: true })
  writeFileSync(join(user.home, '.docker/config.json'), JSON.stringify({ auths: { [registry]: { auth } } }))
}

async function importKernel(banger: Banger): Promise<void> {
  const [kernel] = await new Banger(inject('home')).kernels()
  const { vmlinux, modules } = kernel?.files ?? { vmlinux: '' }
  await banger.ok(['kernel', 'import', '--name', 'borrowed', '--kernel', vmlinux, ...(modules ? ['--modules', modules] : [])])
}

async function digestOf(banger: Banger, name: string): Promise<string> {
  const image = await banger.json<Image>(['image', 'show', name])
  return execFileSync('sha256sum', [image.files.rootfs], { encoding: 'utf8' }).split(' ')[0] ?? ''
}
