import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, type Outcome, outcome } from './banger.ts'
import { processesNaming } from './scratch.ts'

const root = process.getuid?.() === 0
const user = 'banger-e2e'

if (!root) console.warn('not root: the unprivileged user of this suite is you, and the test that makes another one is left out')

/** Fetches its own kernel and image where it can, so that the bootstrap without root is shown as well. */
describe.runIf(root)('an unprivileged user without sudo', () => {
  let folder: string
  let program: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-user-'))
    chmodSync(folder, 0o755)
    const repository = join(import.meta.dirname, '../..')
    execFileSync('make', ['--no-print-directory', 'install', `PREFIX=${folder}/usr`], { cwd: repository, stdio: 'pipe' })
    execFileSync('useradd', ['--create-home', '--home-dir', `${folder}/home`, '--shell', '/bin/sh', user])
    program = `${folder}/usr/bin/banger`
  })
  afterAll(async () => {
    await as(['vm', 'delete', '--force', 'mine'])
    await as(['daemon', 'stop'])
    for (const pid of processesNaming(folder)) process.kill(pid, 'SIGKILL')
    execFileSync('userdel', ['--force', user])
    rmSync(folder, { recursive: true, force: true })
  })

  const as = (args: string[]): Promise<Outcome> => asUser([program, ...args])

  function asUser(command: string[]): Promise<Outcome> {
    const { PATH, NODE_EXTRA_CA_CERTS } = process.env
    const env = { PATH, HOME: `${folder}/home`, ...(NODE_EXTRA_CA_CERTS ? { NODE_EXTRA_CA_CERTS } : {}) }
    const id = (flag: string) => execFileSync('id', [flag, user], { encoding: 'utf8' }).trim()
    const become = ['--reuid', id('-u'), '--regid', id('-g'), '--clear-groups']
    return outcome(spawn('setpriv', [...become, ...command], { cwd: `${folder}/home`, env, stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  /** Where ordinary users get no user namespaces there is no bootstrap for them: then they register the suite's image. */
  async function borrowWithoutNamespaces(): Promise<void> {
    if ((await asUser(['unshare', '--user', 'true'])).status === 0) return
    console.warn('this machine refuses user namespaces: the user registers the image of the suite instead of fetching one')
    const suite = new Banger(inject('home'))
    const [image, kernel] = [(await suite.images())[0], (await suite.kernels())[0]]
    const { vmlinux = '', modules = '' } = kernel?.files ?? {}
    execFileSync('cp', ['--recursive', image?.files.rootfs ?? '', vmlinux, modules, folder])
    execFileSync('chmod', ['--recursive', 'a+rX', folder])
    const files = ['--rootfs', `${folder}/rootfs.ext4`, '--kernel', `${folder}/vmlinux`, '--modules', `${folder}/modules`]
    expect(await as(['image', 'register', '--name', 'borrowed', ...files])).toMatchObject({ status: 0 })
  }

  it('goes from nothing to a command in a VM, over ssh too, and back to nothing', async () => {
    await borrowWithoutNamespaces()
    const created = await as(['vm', 'create', '--name', 'mine'])
    expect(created).toMatchObject({ status: 0 })
    expect(await as(['vm', 'exec', 'mine', '--', 'id', '-u'])).toMatchObject({ status: 0, stdout: '0\n' })
    expect(await as(['vm', 'ssh', 'mine', '--', 'hostname'])).toMatchObject({ status: 0, stdout: 'mine\n' })
    expect(await as(['vm', 'stop', 'mine'])).toMatchObject({ status: 0 })
    expect(await as(['vm', 'delete', 'mine'])).toMatchObject({ status: 0 })
  }, 600_000)

  it('has written nothing outside of its own folders', () => {
    const found = execFileSync(
      'find',
      ['/', '-xdev', '-user', user, '-not', '-path', `${folder}/*`, '-not', '-path', '/proc/*'],
      { encoding: 'utf8' },
    )
    expect(found).toBe('')
  })
})
