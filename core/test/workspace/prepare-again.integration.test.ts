import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectSame } from './expect-same.ts'
import { Repository } from './repository.ts'
import { agentBinary, TestGuest } from './test-guest.ts'

describe.skipIf(!existsSync(agentBinary))('a second workspace prepare (skipped without build/bin/banger-vsock-agent)', () => {
  let repository: Repository
  let guest: TestGuest
  const inGuest = (path: string) => join(guest.repo, path)
  const same = () => expectSame(repository, repository.dir, guest.repo)

  beforeEach(async () => {
    repository = new Repository().begin()
    repository
      .write('.gitignore', 'build/\n')
      .write('a.txt', 'a\n')
      .write('dir/b.txt', 'b\n')
      .write('dir/c.txt', 'c\n')
      .commit('More')
    guest = await TestGuest.start()
    await guest.prepare(repository.dir)
  })
  afterEach(async () => {
    await guest[Symbol.asyncDispose]()
    repository[Symbol.dispose]()
  })

  /** More than a repository whose history is sent whole. */
  const makeLarge = (): void => {
    repository.write('large', randomBytes(17 << 20)).git('add', '--all')
    repository.git('commit', '--quiet', '-m', 'Large')
  }

  it('sends what has changed, and nothing else', async () => {
    repository.write('a.txt', 'changed\n').write('new/deep.txt', 'new\n').remove('dir/b.txt')
    chmodSync(join(repository.dir, 'dir/c.txt'), 0o755)
    const done = await guest.prepare(repository.dir)
    // Three files, and the index, which knows no more that they are unchanged.
    expect(done).toMatchObject({ sent: 4, removed: 1 })
    same()
  })

  it('removes folders that hold nothing any more, and leaves those that hold something of the guest', async () => {
    mkdirSync(inGuest('dir/build'))
    writeFileSync(inGuest('dir/build/out'), 'x')
    repository.write('other/x', 'x')
    await guest.prepare(repository.dir)
    repository.remove('dir').remove('other')
    await guest.prepare(repository.dir)
    expect(existsSync(inGuest('other'))).toBe(false)
    expect(readFileSync(inGuest('dir/build/out'), 'utf8')).toBe('x')
    expect(existsSync(inGuest('dir/b.txt'))).toBe(false)
  })

  it('sees a change that leaves size and time as they were', async () => {
    const path = join(repository.dir, 'a.txt')
    utimesSync(path, 1_700_000_000, 1_700_000_000)
    await guest.prepare(repository.dir)
    repository.write('a.txt', 'b\n')
    utimesSync(path, 1_700_000_000, 1_700_000_000)
    expect(await guest.prepare(repository.dir)).toMatchObject({ sent: 1 })
    expect(readFileSync(inGuest('a.txt'), 'utf8')).toBe('b\n')
  })

  it('does not send what was merely touched', async () => {
    utimesSync(join(repository.dir, 'a.txt'), 1_800_000_000, 1_800_000_000)
    // The index alone: git would look into that file.
    expect(await guest.prepare(repository.dir)).toMatchObject({ sent: 1 })
    same()
  })

  it('sends new commits without the old ones', async () => {
    repository.write('a.txt', 'two\n').commit('Two')
    const first = await guest.prepare(repository.dir)
    same()
    repository.git('switch', '--quiet', '--create', 'side', 'HEAD~1')
    repository.write('side.txt', 'side\n').commit('Side')
    await guest.prepare(repository.dir)
    same()
    repository.git('switch', '--quiet', 'main')
    repository.git('merge', '--quiet', '--no-edit', 'side')
    await guest.prepare(repository.dir)
    same()
    expect(first.bytes).toBeLessThan(10_000)
  })

  it('follows a history that is longer than what is sent, and was rewritten', async () => {
    makeLarge()
    for (let index = 0; index < 120; index++) repository.git('commit', '--quiet', '--allow-empty', '-m', `Commit ${index}`)
    await guest.prepare(repository.dir)
    expect(repository.gitIn(guest.repo, 'log', '--oneline').split('\n').length).toBe(102)
    repository.git('reset', '--quiet', '--hard', 'HEAD~115')
    repository.write('x', 'x').commit('Another way')
    await guest.prepare(repository.dir)
    repository.gitIn(guest.repo, 'fsck', '--strict')
    expect(repository.gitIn(guest.repo, 'status', '--porcelain')).toBe('')
    expect(repository.gitIn(guest.repo, 'log', '-2', '--format=%s')).toBe(repository.git('log', '-2', '--format=%s'))
  })

  it('refuses to write over work of the guest, and names it', async () => {
    writeFileSync(inGuest('a.txt'), 'mine\n')
    rmSync(inGuest('dir/b.txt'))
    writeFileSync(inGuest('new.txt'), 'mine too\n')
    repository.write('new.txt', 'the host has one, too\n').write('dir/c.txt', 'changed\n')
    const refused = guest.prepare(repository.dir)
    await expect(refused).rejects.toMatchObject({
      code: 'workspace.guest-work',
      message: expect.stringMatching(/a\.txt.*dir\/b\.txt.*new\.txt/),
    })
    expect(readFileSync(inGuest('a.txt'), 'utf8')).toBe('mine\n')
    expect(readFileSync(inGuest('dir/c.txt'), 'utf8')).toBe('c\n')

    await guest.prepare(repository.dir, { overwrite: true })
    same()
  })

  it('takes what both sides did alike for no work', async () => {
    for (const dir of [guest.repo, repository.dir]) {
      writeFileSync(join(dir, 'a.txt'), 'alike\n')
      writeFileSync(join(dir, 'new.txt'), 'alike\n')
      rmSync(join(dir, 'dir/b.txt'))
    }
    await guest.prepare(repository.dir)
    same()
  })

  it('takes a file that the guest touched, or rewrote as it was, for no work', async () => {
    writeFileSync(inGuest('a.txt'), 'a\n')
    utimesSync(inGuest('dir/b.txt'), 1, 1)
    await guest.prepare(repository.dir)
    same()
  })

  it('leaves what the guest has made beside it', async () => {
    mkdirSync(inGuest('build'))
    writeFileSync(inGuest('build/out.o'), 'built')
    writeFileSync(inGuest('notes.txt'), 'notes')
    repository.write('a.txt', 'changed\n')
    await guest.prepare(repository.dir)
    expect(readFileSync(inGuest('build/out.o'), 'utf8') + readFileSync(inGuest('notes.txt'), 'utf8')).toBe('builtnotes')
    expect(readFileSync(inGuest('a.txt'), 'utf8')).toBe('changed\n')
  })

  it('refuses to lose commits of the guest', async () => {
    writeFileSync(inGuest('a.txt'), 'committed\n')
    repository.gitIn(guest.repo, 'commit', '--quiet', '--all', '-m', 'Mine')
    // As it was, so that no file is in the way.
    writeFileSync(inGuest('a.txt'), 'a\n')
    await expect(guest.prepare(repository.dir)).rejects.toMatchObject({
      code: 'workspace.guest-work',
      message: expect.stringContaining('commits of main'),
    })
    await guest.prepare(repository.dir, { overwrite: true })
    same()
  })

  it("is not led astray by what the guest's git does by itself", async () => {
    repository.gitIn(guest.repo, 'status')
    repository.gitIn(guest.repo, 'switch', '--quiet', '--create', 'looking')
    repository.gitIn(guest.repo, 'gc', '--quiet', '--prune=now')
    repository.write('a.txt', 'changed\n').commit('On')
    await guest.prepare(repository.dir)
    same()
  })

  it('refuses a folder that holds something else, and replaces it when told', async () => {
    const elsewhere = join(guest.folder, 'guest/other')
    mkdirSync(join(elsewhere, 'sub'), { recursive: true })
    writeFileSync(join(elsewhere, 'sub/mine'), 'mine')
    await expect(guest.prepare(repository.dir, { guestPath: elsewhere })).rejects.toMatchObject({ code: 'workspace.occupied' })
    expect(readFileSync(join(elsewhere, 'sub/mine'), 'utf8')).toBe('mine')
    await guest.prepare(repository.dir, { guestPath: elsewhere, overwrite: true })
    expectSame(repository, repository.dir, elsewhere)

    using other = new Repository().begin()
    await expect(guest.prepare(other.dir)).rejects.toMatchObject({
      code: 'workspace.occupied',
      message: expect.stringContaining(repository.dir),
    })
    await guest.prepare(other.dir, { overwrite: true })
    expectSame(other, other.dir, guest.repo)
  })

  it('starts anew where the guest has removed all of it', async () => {
    rmSync(guest.repo, { recursive: true })
    await guest.prepare(repository.dir)
    same()
  })

  const addCommits = (): void => {
    for (let index = 0; index < 120; index++) repository.git('commit', '--quiet', '--allow-empty', '-m', `Commit ${index}`)
  }
  const countCommits = (): number => Number(repository.gitIn(guest.repo, 'rev-list', '--count', 'HEAD'))

  it('has all commits of a small repository', async () => {
    addCommits()
    await guest.prepare(repository.dir)
    same()
    expect(repository.gitIn(guest.repo, 'log')).toBe(repository.git('log'))
    expect(countCommits()).toBeGreaterThan(120)
  })

  it('has the newest commits of a large one, and goes over to all of the history', async () => {
    makeLarge()
    addCommits()
    repository.git('branch', 'aside', 'HEAD~3')
    await guest.prepare(repository.dir)
    expect(countCommits()).toBeLessThan(120)
    await guest.prepare(repository.dir, { mode: 'full_copy' })
    same()
    expect(repository.gitIn(guest.repo, 'rev-parse', 'aside')).toBe(repository.git('rev-parse', 'aside'))
  })

  it('follows a folder that becomes a file, and a file that becomes a folder', async () => {
    repository.remove('dir').write('dir', 'a file now').remove('a.txt').write('a.txt/inner', 'a folder now')
    await guest.prepare(repository.dir)
    same()
    repository.remove('dir').link('dir', '../home').remove('a.txt').write('a.txt', 'a\n')
    await guest.prepare(repository.dir)
    same()
  })

  it('finishes what was interrupted', async () => {
    for (let index = 0; index < 300; index++) repository.write(`many/${index}`, `${index}\n`.repeat(1000))
    repository.remove('dir')
    const abort = new AbortController()
    const running = guest.prepare(repository.dir, {}, abort.signal)
    await expect.poll(() => existsSync(inGuest('many/20')), { interval: 2, timeout: 30_000 }).toBe(true)
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow()
    repository.remove('many/7')
    await guest.prepare(repository.dir)
    same()
  })
})
