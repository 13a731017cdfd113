import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'
import { UnprivilegedUser, userObstacle } from './unprivileged-user.ts'

if (userObstacle)
  console.warn('not root: the unprivileged user of this suite is you, and the test that makes another one is left out')

/** Fetches its own kernel and image where it can, so that the bootstrap without root is shown as well. */
describe.skipIf(userObstacle)('an unprivileged user without sudo', () => {
  let user: UnprivilegedUser

  beforeAll(() => {
    user = new UnprivilegedUser('banger-e2e')
  })
  afterAll(async () => {
    await user.run(['vm', 'delete', '--force', 'mine'])
    await user[Symbol.asyncDispose]()
  })

  /** Where ordinary users get no user namespaces there is no bootstrap for them: then they register the suite's image. */
  async function borrowWithoutNamespaces(): Promise<void> {
    if ((await user.runProgram(['unshare', '--user', 'true'])).status === 0) return
    console.warn('this machine refuses user namespaces: the user registers the image of the suite instead of fetching one')
    const suite = new Banger(inject('home'))
    const [image, kernel] = [(await suite.images())[0], (await suite.kernels())[0]]
    const { vmlinux = '', modules = '' } = kernel?.files ?? {}
    execFileSync('cp', ['--recursive', image?.files.rootfs ?? '', vmlinux, modules, user.folder])
    execFileSync('chmod', ['--recursive', 'a+rX', user.folder])
    const kernelFiles = ['--kernel', `${user.folder}/vmlinux`, '--modules', `${user.folder}/modules`]
    await user.ok(['image', 'register', '--name', 'borrowed', '--rootfs', `${user.folder}/rootfs.ext4`, ...kernelFiles])
  }

  it('goes from nothing to a command in a VM, over ssh too, and back to nothing', async () => {
    await borrowWithoutNamespaces()
    await user.ok(['vm', 'create', '--name', 'mine'])
    expect(await user.ok(['vm', 'exec', 'mine', '--', 'id', '-u'])).toBe('0\n')
    expect(await user.ok(['vm', 'ssh', 'mine', '--', 'hostname'])).toBe('mine\n')
    await user.ok(['vm', 'stop', 'mine'])
    await user.ok(['vm', 'delete', 'mine'])
  }, 600_000)

  it('has written nothing outside of its own folders', () => {
    const found = execFileSync(
      'find',
      ['/', '-ignore_readdir_race', '-xdev', '-user', user.name, '-not', '-path', `${user.folder}/*`, '-not', '-path', '/proc/*'],
      { encoding: 'utf8' },
    )
    expect(found).toBe('')
  })
})
