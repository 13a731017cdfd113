import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { expectSame } from './expect-same.ts'
import { contents, Repository } from './repository.ts'
import { agentBinary, TestGuest } from './test-guest.ts'

describe.skipIf(!existsSync(agentBinary))('workspace prepare (skipped without build/bin/banger-vsock-agent)', () => {
  let repository: Repository
  let guest: TestGuest

  beforeEach(async () => {
    repository = new Repository()
    vi.stubEnv('HOME', join(repository.top, 'home'))
    guest = await TestGuest.start()
  })
  afterEach(async () => {
    await guest[Symbol.asyncDispose]()
    repository[Symbol.dispose]()
  })

  async function expectRefused(path: string, code: string, message: RegExp, request = {}): Promise<void> {
    await expect(guest.prepare(path, request)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(existsSync(guest.repo)).toBe(false)
  }

  it('refuses what is no checkout', async () => {
    await expectRefused(join(repository.top, 'nowhere'), 'workspace.no-checkout', /no such folder/)
    await expectRefused(repository.dir, 'workspace.no-checkout', /\.git/)
    repository.write('file', 'x')
    await expectRefused(join(repository.dir, 'file'), 'workspace.no-checkout', /no folder/)
    mkdirSync(join(repository.dir, '.git'))
    await expectRefused(repository.dir, 'workspace.no-checkout', /git says/)
    execFileSync('git', ['init', '--quiet', '--bare', join(repository.top, 'bare')], { env: repository.env })
    await expectRefused(join(repository.top, 'bare'), 'workspace.no-checkout', /\.git/)
  })

  it('takes a folder in a checkout for the checkout', async () => {
    repository.begin()
    expect(await guest.prepare(join(repository.dir, 'src'))).toMatchObject({ source: repository.dir, files: 3 })
  })

  it('refuses a configuration that takes other files for the working tree', async () => {
    repository.begin().git('config', 'core.worktree', '../..')
    await expectRefused(repository.dir, 'workspace.no-checkout', /elsewhere/)
  })

  it('refuses repositories within, and says what to do', async () => {
    repository.begin()
    const library = new Repository().begin()
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'vendor/lib')
    await expectRefused(repository.dir, 'workspace.submodules', /vendor\/lib/)
    repository.git('rm', '--quiet', '--cached', 'vendor/lib')
    await expectRefused(repository.dir, 'workspace.nested', /vendor\/lib/)
    repository.write('.git/info/exclude', 'vendor\n')
    await guest.prepare(repository.dir)
    library[Symbol.dispose]()
  })

  it('refuses branches that cannot be', async () => {
    repository.begin().git('branch', 'taken')
    await expectRefused(repository.dir, 'workspace.branch', /no name/, { branch: { name: 'a..b' } })
    await expectRefused(repository.dir, 'workspace.branch', /exists already/, { branch: { name: 'taken' } })
    await expectRefused(repository.dir, 'workspace.branch', /no commit "none"/, { branch: { name: 'new', from: 'none' } })
    await expectRefused(repository.dir, 'workspace.branch', /no commit "--all"/, { branch: { name: 'new', from: '--all' } })
  })

  it('refuses a branch from elsewhere where local changes are in the way, as git does', async () => {
    repository.begin().write('README.md', 'second\n').write('added', 'x').commit('Second')
    repository.write('README.md', 'local\n')
    await expectRefused(repository.dir, 'workspace.branch', /Local changes/, { branch: { name: 'new', from: 'HEAD~1' } })
    repository.git('checkout', '--quiet', '--force', 'HEAD~1')
    repository.write('added', 'untracked')
    await expectRefused(repository.dir, 'workspace.branch', /untracked file "added"/, { branch: { name: 'new', from: 'main' } })
  })

  it('puts the guest on a new branch, local changes and all, and stays on it', async () => {
    repository.begin().write('README.md', 'second\n').write('added', 'x').commit('Second')
    repository.write('src/main.c', 'local\n').write('untracked', 'new\n')
    await guest.prepare(repository.dir, { branch: { name: 'new', from: 'HEAD~1' } })
    const status = 'status --porcelain=v2 --branch'.split(' ')
    const inGuest = repository.gitIn(guest.repo, ...status)
    expect(repository.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main\n')
    repository.git('switch', '--quiet', '--create', 'new', 'HEAD~1')
    expect(inGuest).toBe(repository.git(...status))
    expect(contents(guest.repo, (path) => path === '.git')).toEqual(contents(repository.dir, (path) => path === '.git'))
    repository.git('switch', '--quiet', 'main')
    repository.git('branch', '--quiet', '--delete', '--force', 'new')
    await guest.prepare(repository.dir)
    expect(repository.gitIn(guest.repo, ...status)).toBe(inGuest)
  })

  it.skipIf(process.getuid?.() === 0)('refuses files that cannot be read (skipped as root, who can read all)', async () => {
    repository.begin().write('secret', 'x', 0o000)
    await expectRefused(repository.dir, 'workspace.unreadable', /secret/)
  })

  it('runs nothing that a repository names, and is not led to other files', async () => {
    const mark = join(repository.top, 'ran')
    const script = join(repository.top, 'script')
    writeFileSync(script, `#!/bin/sh\necho "$0 $@" >> ${mark}\ncat\n`)
    chmodSync(script, 0o755)
    writeFileSync(join(repository.top, 'home/.netrc'), 'machine example.org password hunter2\n')
    repository.begin().write('.gitattributes', '* filter=evil diff=evil\n').commit('Attributes')
    for (const [key, value] of [
      ['core.fsmonitor', script],
      ['core.sshCommand', script],
      ['core.gitProxy', script],
      ['core.pager', script],
      ['core.editor', script],
      ['core.askPass', script],
      ['core.hooksPath', repository.top],
      ['core.alternateRefsCommand', script],
      ['core.excludesFile', '~/.netrc'],
      ['core.attributesFile', '~/.netrc'],
      ['include.path', '~/.netrc.missing'],
      ['diff.external', script],
      ['filter.evil.clean', script],
      ['filter.evil.smudge', script],
      ['filter.evil.process', script],
      ['filter.evil.required', 'true'],
      ['diff.evil.textconv', script],
      ['credential.helper', script],
      ['uploadpack.packObjectsHook', script],
      ['gpg.program', script],
      ['commit.gpgSign', 'true'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', `ext::${script}`],
    ] as const)
      repository.git('config', key, value)
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-auto-gc', 'post-checkout', 'fsmonitor-watchman'])
      repository.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> ${mark}\n`, 0o755)
    repository.write('README.md', 'changed\n').write('new', 'new')
    await guest.prepare(repository.dir)
    await guest
      .prepare(repository.dir, { guestPath: `${guest.repo}-2`, branch: { name: 'new', from: 'HEAD~1' } })
      .catch(() => undefined)
    expect(existsSync(mark)).toBe(false)
    for (const [path, text] of Object.entries(filesOf(guest.repo))) expect(text, path).not.toMatch(/hunter2|script|hook/)
  })

  it('keeps secrets of the configuration on the host, and tells the guest the rest', async () => {
    repository.begin()
    const settings = {
      'remote.origin.url': 'https://ann:hunter2@example.org/shop.git?private_token=hunter2',
      'remote.origin.pushUrl': 'ssh://git:hunter2@example.org/shop.git',
      'remote.origin.fetch': '+refs/heads/*:refs/remotes/origin/*',
      'remote.token.url': 'https://hunter2@example.org/shop.git',
      'remote.scp.url': 'git@example.org:shop.git',
      'http.extraHeader': 'Authorization: hunter2',
      'http.https://example.org.proxy': 'http://ann:hunter2@proxy',
      'url.https://hunter2@example.org/.insteadOf': 'x:',
      'user.signingKey': 'hunter2',
      'sendemail.smtpPass': 'hunter2',
      'core.autocrlf': 'input',
      'branch.main.remote': 'origin',
      'branch.main.merge': 'refs/heads/main',
    }
    for (const [key, value] of Object.entries(settings)) repository.git('config', key, value)
    await guest.prepare(repository.dir)
    const inGuest = (key: string) => repository.gitIn(guest.repo, 'config', '--local', key).trim()
    expect(inGuest('remote.origin.url')).toBe('https://example.org/shop.git')
    expect(inGuest('remote.origin.pushurl')).toBe('ssh://git@example.org/shop.git')
    expect(inGuest('remote.scp.url')).toBe('git@example.org:shop.git')
    expect(inGuest('core.autocrlf')).toBe('input')
    expect(inGuest('branch.main.merge')).toBe('refs/heads/main')
    for (const [path, text] of Object.entries(filesOf(guest.repo))) expect(text, path).not.toContain('hunter2')
    expectSame(repository, repository.dir, guest.repo)
  })

  it('brings submodules only with full_copy, changes in them and all', async () => {
    const library = new Repository().begin()
    repository.begin().git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.dir, 'lib')
    repository.commit('Submodule')
    await guest.prepare(repository.dir, { mode: 'full_copy' })
    repository.write('lib/README.md', 'changed\n')
    await guest.prepare(repository.dir, { mode: 'full_copy' })
    expectSame(repository, join(repository.dir, 'lib'), join(guest.repo, 'lib'))
    writeFileSync(join(guest.repo, 'lib/README.md'), 'mine\n')
    await expect(guest.prepare(repository.dir, { mode: 'full_copy' })).rejects.toMatchObject({ code: 'workspace.guest-work' })
    library[Symbol.dispose]()
  })
})

function filesOf(folder: string): Record<string, string> {
  const paths = Object.keys(contents(folder)).filter((path) => !path.includes('objects/pack/'))
  return Object.fromEntries(paths.map((path) => [path, execFileSync('cat', [join(folder, path)], { encoding: 'latin1' })]))
}
