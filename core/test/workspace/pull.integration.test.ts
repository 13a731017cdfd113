import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contents, fingerprint, Repository } from './repository.ts'
import { agentBinary, TestGuest } from './test-guest.ts'

describe.skipIf(!existsSync(agentBinary))('workspace pull (skipped without build/bin/banger-vsock-agent)', () => {
  let repository: Repository
  let guest: TestGuest
  const inGuest = (path: string) => join(guest.repo, path)
  const here = (path: string) => readFileSync(join(repository.dir, path), 'latin1')
  const pull = (options = {}) => guest.pull(repository.dir, options)
  const write = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(inGuest(path)), { recursive: true })
    writeFileSync(inGuest(path), content)
    chmodSync(inGuest(path), mode)
  }

  beforeEach(async () => {
    repository = new Repository().begin()
    repository
      .write('.gitignore', 'build/\n*.log\n')
      .write('a.txt', 'a\n')
      .write('dir/b.txt', 'b\n')
      .write('dir/c.txt', 'c\n')
      .commit('More')
    repository.write('dirty.txt', 'untracked\n').write('README.md', 'changed\n')
    guest = await TestGuest.start()
    await guest.prepare(repository.dir)
  })
  afterEach(async () => {
    await guest[Symbol.asyncDispose]()
    using done = repository
    done.git('fsck', '--strict')
  })

  it('brings what the guest changed, added and removed, and leaves the rest alone', async () => {
    const before = contents(repository.dir, (path) => path === '.git')
    write('a.txt', 'from the guest\n')
    write('new/deep/file.bin', Buffer.from([0, 255, 13, 10]), 0o755)
    write('dirty.txt', 'untracked and changed\n')
    rmSync(inGuest('dir/b.txt'))
    chmodSync(inGuest('src/main.c'), 0o755)
    symlinkSync('../../nowhere', inGuest('link'))
    const pulled = await pull()
    expect(pulled.changes).toEqual([
      { path: 'a.txt', change: 'changed' },
      { path: 'dir/b.txt', change: 'removed' },
      { path: 'dirty.txt', change: 'changed' },
      { path: 'link', change: 'added' },
      { path: 'new/deep/file.bin', change: 'added' },
      { path: 'src/main.c', change: 'changed' },
    ])
    expect(pulled).toMatchObject({ conflicts: [], refs: [], warnings: [] })
    const { 'dir/b.txt': _, ...rest } = before
    const have = contents(repository.dir, (path) => path === '.git')
    expect(have).toEqual({ ...rest, ...contents(guest.repo, (path) => path === '.git') })
    expect(readlinkSync(join(repository.dir, 'link'))).toBe('../../nowhere')
    expect(await pull()).toMatchObject({ changes: [], conflicts: [] })
    expect(await guest.prepare(repository.dir)).toMatchObject({ removed: 0 })
  })

  it('keeps what was changed here alone', async () => {
    write('a.txt', 'from the guest\n')
    repository.write('dir/c.txt', 'from here\n').remove('dir/b.txt')
    await pull()
    expect(here('a.txt')).toBe('from the guest\n')
    expect(here('dir/c.txt')).toBe('from here\n')
    expect(existsSync(join(repository.dir, 'dir/b.txt'))).toBe(false)
  })

  it("reports what both sides changed, overwrites nothing, and keeps the guest's versions", async () => {
    write('a.txt', 'a from the guest\n')
    write('both-new', 'new from the guest\n')
    write('dir/b.txt', 'b from the guest\n')
    rmSync(inGuest('dir/c.txt'))
    write('dirty.txt', 'd from the guest\n')
    write('src/main.c', 'alike\n')
    repository.write('a.txt', 'a from here\n').write('both-new', 'new from here\n').remove('dir/b.txt')
    repository.write('dir/c.txt', 'c from here\n').write('dirty.txt', 'd from here\n').write('src/main.c', 'alike\n')
    const before = contents(repository.dir, (path) => path === '.git')
    const index = readFileSync(join(repository.dir, '.git/index'))
    const pulled = await pull()
    expect(pulled.conflicts).toEqual(['dir/c.txt', 'a.txt', 'both-new', 'dir/b.txt', 'dirty.txt'])
    expect(pulled.changes).toEqual([])
    expect(contents(repository.dir, (path) => path === '.git')).toEqual(before)
    expect(readFileSync(join(repository.dir, '.git/index'))).toEqual(index)
    const ref = pulled.conflictRef ?? ''
    expect(repository.git('show', `${ref}:a.txt`)).toBe('a from the guest\n')
    expect(repository.git('show', `${ref}^:a.txt`)).toBe('a\n')
    expect(repository.git('show', `${ref}:dirty.txt`)).toBe('d from the guest\n')
    expect(repository.git('show', `${ref}^:dirty.txt`)).toBe('untracked\n')
    const names = repository.git('diff', '--name-status', `${ref}^`, ref)
    expect(names.split('\n').filter(Boolean).sort()).toEqual([
      'A\tboth-new',
      'D\tdir/c.txt',
      'M\ta.txt',
      'M\tdir/b.txt',
      'M\tdirty.txt',
    ])
    // Until it is settled it is told again; settled it is when both sides agree.
    expect((await pull()).conflicts.length).toBe(5)
    repository.git('checkout', ref, '--', 'a.txt', 'dir/b.txt', 'both-new', 'dirty.txt')
    repository.git('rm', '--quiet', '--force', 'dir/c.txt')
    expect(await pull()).toMatchObject({ conflicts: [], changes: [] })
    await guest.prepare(repository.dir)
  })

  it('brings commits as references, and only the rest to the working tree', async () => {
    write('a.txt', 'committed\n')
    repository.gitIn(guest.repo, 'commit', '--quiet', '-m', 'In the guest', '--', 'a.txt')
    repository.gitIn(guest.repo, 'branch', 'aside')
    write('dir/b.txt', 'not committed\n')
    write('new.txt', 'not committed\n')
    const pulled = await pull()
    expect(pulled.refs.map(({ name, ref }) => [name, ref]).sort()).toEqual([
      ['aside', 'refs/banger/box/heads/aside'],
      ['main', 'refs/banger/box/heads/main'],
    ])
    expect(repository.git('log', '--format=%s', 'main..refs/banger/box/heads/main')).toBe('In the guest\n')
    expect(here('a.txt')).toBe('a\n')
    expect(here('dir/b.txt') + here('new.txt')).toBe('not committed\nnot committed\n')
    expect(repository.git('rev-parse', 'main')).not.toBe(repository.gitIn(guest.repo, 'rev-parse', 'main'))
    expect(await pull()).toMatchObject({ refs: [], changes: [] })
    // What was brought may be written over.
    await guest.prepare(repository.dir)
    expect(readFileSync(inGuest('a.txt'), 'utf8')).toBe('a\n')
  })

  it("makes a branch of the guest's HEAD, and touches none that is there", async () => {
    write('a.txt', 'committed\n')
    repository.gitIn(guest.repo, 'commit', '--quiet', '--all', '-m', 'In the guest')
    await expect(pull({ branch: 'main' })).rejects.toMatchObject({ code: 'workspace.branch' })
    await expect(pull({ branch: 'a..b' })).rejects.toMatchObject({ code: 'workspace.branch' })
    await pull({ branch: 'from-box' })
    expect(repository.git('log', '-1', '--format=%s', 'from-box')).toBe('In the guest\n')
    expect(repository.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main\n')
    expect(repository.git('show', 'from-box:README.md')).toBe('changed\n')
  })

  it('brings a commit made where HEAD is on no branch, and one of a merge', async () => {
    repository.gitIn(guest.repo, 'switch', '--quiet', '--detach')
    write('a.txt', 'detached\n')
    repository.gitIn(guest.repo, 'commit', '--quiet', '--all', '-m', 'Detached')
    repository.gitIn(
      guest.repo,
      'merge',
      '--quiet',
      '--no-ff',
      '-s',
      'ours',
      '-m',
      'Merge',
      repository.gitIn(guest.repo, 'commit-tree', 'HEAD^{tree}', '-p', 'main', '-m', 'Side').trim(),
    )
    const { refs } = await pull()
    expect(refs).toMatchObject([{ name: 'HEAD', ref: 'refs/banger/box/heads/HEAD' }])
    expect(repository.git('log', '--format=%s', '-1', 'refs/banger/box/heads/HEAD')).toBe('Merge\n')
  })

  it('follows files that become folders, links and back, as one change', async () => {
    rmSync(inGuest('dir'), { recursive: true })
    write('dir', 'now a file\n')
    rmSync(inGuest('a.txt'))
    write('a.txt/inner', 'now a folder\n')
    rmSync(inGuest('src/main.c'))
    symlinkSync('run.sh', inGuest('src/main.c'))
    renameSync(inGuest('dirty.txt'), inGuest('renamed.txt'))
    expect((await pull()).conflicts).toEqual([])
    expect(contents(repository.dir, (path) => path === '.git')).toEqual(contents(guest.repo, (path) => path === '.git'))
  })

  it('brings names of any bytes', async () => {
    for (const name of ['new\nline', 'tab\t', '"quoted"', 'back\\slash', '-dash', 'ünï']) write(`odd/${name}`, name)
    writeFileSync(Buffer.concat([Buffer.from(`${guest.repo}/odd/`), Buffer.from([0xff, 0x0a, 0xfe])]), 'bytes')
    await pull()
    expect(contents(join(repository.dir, 'odd'))).toEqual(contents(inGuest('odd')))
  })

  it('leaves out what git ignores there, by the rules of there', async () => {
    write('build/out.o', 'x')
    write('debug.log', 'x')
    write('.venv/.gitignore', '*\n')
    write('.venv/lib/thing.py', 'x')
    write('packages/one/.gitignore', 'dist/\n')
    write('packages/one/dist/bundle.js', 'x')
    write('packages/one/index.js', 'kept')
    write('.gitignore', 'build/\n*.log\n*.tmp\n')
    write('scratch.tmp', 'x')
    const { changes } = await pull()
    expect(changes.map(({ path }) => path)).toEqual(['.gitignore', 'packages/one/.gitignore', 'packages/one/index.js'])
  })

  it('writes nothing into .git, outside of the checkout, or through links', async () => {
    const outside = join(repository.top, 'outside')
    mkdirSync(outside)
    symlinkSync(outside, join(repository.dir, 'way-out'))
    symlinkSync(join(repository.dir, '.git'), join(repository.dir, 'into'))
    const git = contents(join(repository.dir, '.git'))
    write('way-out/file', 'x')
    write('into/hooks/pre-commit', 'x', 0o755)
    for (const name of [
      '.GIT/hooks/pre-commit',
      '.Git /config',
      'git~1/config',
      '.g\u200cit/config',
      '.git./config',
      '.git::$INDEX_ALLOCATION/x',
      'sub/.GIT/x',
      '..\\.git\\x',
      'a\\.git\\config',
    ])
      write(name, 'x')
    mkdirSync(inGuest('sub2/.git'), { recursive: true })
    write('sub2/.git/config', 'x')
    write('sub2/file', 'x')
    symlinkSync('/etc/passwd', inGuest('sub/.gitmodules'))
    write('.git/hooks/post-checkout', 'x', 0o755)
    write('.git/config', '[core]\n\tfsmonitor = touch /tmp/banger-was-here\n')
    const pulled = await pull()
    expect(pulled.changes).toEqual([])
    expect(pulled.conflicts).toEqual(['into/hooks/pre-commit', 'way-out/file'])
    expect(pulled.warnings.length).toBe(11)
    expect(contents(outside)).toEqual({})
    const after = contents(join(repository.dir, '.git'))
    const news = Object.keys(after).filter((path) => after[path] !== git[path])
    expect(news.filter((path) => !/^objects\/pack\/pack-[0-9a-f]{40}\.(pack|idx)$/.test(path))).toEqual([
      'refs/banger/box/conflicts',
    ])
    expect(existsSync('/tmp/banger-was-here')).toBe(false)
  })

  it('refuses commits that are not sound', async () => {
    const tree = execFileSync('git', ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], {
      cwd: guest.repo,
      input: Buffer.concat([
        Buffer.from('40000 .git\0'),
        Buffer.from(repository.gitIn(guest.repo, 'rev-parse', 'HEAD^{tree}').trim(), 'hex'),
      ]),
      encoding: 'utf8',
    }).trim()
    const commit = repository.gitIn(guest.repo, 'commit-tree', tree, '-p', 'HEAD', '-m', 'Evil').trim()
    repository.gitIn(guest.repo, 'update-ref', 'refs/heads/evil', commit)
    const before = contents(join(repository.dir, '.git'))
    await expect(pull()).rejects.toMatchObject({ code: 'workspace.unsound', message: expect.stringContaining('hasDotgit') })
    expect(contents(join(repository.dir, '.git'))).toEqual(before)
  })

  it('takes no branch whose name git would not', async () => {
    write('.git/refs/heads/x..y', `${'1'.repeat(40)}\n`)
    write('.git/refs/heads/--upload-pack=x', `${'2'.repeat(40)}\n`)
    write('.git/packed-refs', `${'3'.repeat(40)} refs/heads/a b\n${'3'.repeat(40)} refs/heads/../../hooks/x\n`)
    write('a.txt', 'from the guest\n')
    const { warnings, refs } = await pull()
    expect(refs).toEqual([])
    expect(warnings.join('\n')).toMatch(/x\.\.y is left out.*git bundle failed/s)
    expect(here('a.txt')).toBe('from the guest\n')
  })

  it('brings a repository that had no commit yet, and its first', async () => {
    using fresh = new Repository()
    fresh.git('init', '--quiet', '--initial-branch=main')
    fresh.write('one', 'one\n')
    const folder = join(guest.folder, 'guest/fresh')
    await guest.prepare(fresh.dir, { guestPath: folder })
    writeFileSync(join(folder, 'two'), 'two\n')
    fresh.gitIn(folder, 'add', '--all')
    fresh.gitIn(folder, 'commit', '--quiet', '-m', 'First')
    writeFileSync(join(folder, 'one'), 'changed\n')
    const { refs } = await guest.pull(fresh.dir, { guestPath: folder })
    expect(fresh.git('log', '--format=%s', refs[0]?.ref ?? '')).toBe('First\n')
    expect(readFileSync(join(fresh.dir, 'one'), 'utf8')).toBe('changed\n')
    expect(existsSync(join(fresh.dir, 'two'))).toBe(false)
  })

  it('comes back to a linked worktree and a shallow clone', async () => {
    repository.git('worktree', 'add', '--quiet', '-b', 'side', '../side')
    const side = join(repository.top, 'side')
    const shallow = join(repository.top, 'shallow')
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${repository.dir}`, shallow], { env: repository.env })
    for (const dir of [side, shallow]) {
      const folder = `${guest.repo}-${dir.split('/').at(-1)}`
      await guest.prepare(dir, { guestPath: folder })
      writeFileSync(join(folder, 'a.txt'), 'committed\n')
      repository.gitIn(folder, 'commit', '--quiet', '--all', '-m', 'There')
      writeFileSync(join(folder, 'b.txt'), 'not committed\n')
      const { refs } = await guest.pull(dir, { guestPath: folder })
      expect(repository.gitIn(dir, 'log', '-1', '--format=%s', refs[0]?.ref ?? '')).toBe('There\n')
      expect(readFileSync(join(dir, 'b.txt'), 'utf8')).toBe('not committed\n')
      repository.gitIn(dir, 'fsck', '--strict')
    }
  })

  it('shows what has changed as a patch that brings the same about', async () => {
    write('a.txt', 'from the guest\n')
    write('bin', Buffer.from([0, 1, 2]))
    rmSync(inGuest('dir/b.txt'))
    symlinkSync('a.txt', inGuest('link'))
    const before = fingerprint(repository.top)
    const { text, changes } = await guest.diff()
    expect(changes.length).toBe(4)
    expect((await guest.diff('stat')).text).toMatch(/4 files changed/)
    expect(fingerprint(repository.top)).toEqual(before)
    execFileSync('git', ['apply', '-'], { cwd: repository.dir, input: Buffer.from(text, 'latin1') })
    expect(contents(repository.dir, (path) => path === '.git')).toEqual(contents(guest.repo, (path) => path === '.git'))
    expect(await pull()).toMatchObject({ changes: [], conflicts: [] })
  })

  it('needs nothing of git in the guest for files', async () => {
    rmSync(inGuest('.git'), { recursive: true })
    write('a.txt', 'from the guest\n')
    await pull()
    expect(here('a.txt')).toBe('from the guest\n')
  })

  it('leaves whole files and a valid repository when it is interrupted, and finishes then', async () => {
    for (let index = 0; index < 400; index++) write(`many/${index}`, `${index}\n`.repeat(500))
    repository.gitIn(guest.repo, 'add', '--all')
    repository.gitIn(guest.repo, 'commit', '--quiet', '-m', 'Many')
    repository.gitIn(guest.repo, 'reset', '--quiet', '--soft', 'HEAD~1')
    const abort = new AbortController()
    const running = pull({ signal: abort.signal })
    await expect.poll(() => existsSync(join(repository.dir, 'many')), { interval: 1, timeout: 10_000 }).toBe(true)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow()
    repository.git('fsck', '--strict')
    const part = contents(join(repository.dir, 'many'))
    const all = contents(inGuest('many'))
    for (const [path, file] of Object.entries(part)) expect(file).toBe(all[path])
    expect(Object.keys(part).length).toBeLessThan(400)
    expect(existsSync(join(repository.dir, '.git/banger-pull'))).toBe(false)
    await pull()
    expect(contents(join(repository.dir, 'many'))).toEqual(all)
  })

  it('keeps modes that git knows nothing of', async () => {
    chmodSync(join(repository.dir, 'a.txt'), 0o600)
    await guest.prepare(repository.dir)
    write('a.txt', 'secret\n', 0o755)
    await pull()
    expect(lstatSync(join(repository.dir, 'a.txt')).mode & 0o777).toBe(0o700)
  })
})
