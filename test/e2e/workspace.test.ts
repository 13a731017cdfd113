import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type ChildProcess, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { checkouts } from '../../core/test/workspace/checkouts.ts'
import { contents, fingerprint, Repository } from '../../core/test/workspace/repository.ts'
import { Banger, environment, outcome, program } from './banger.ts'
import { Terminal } from './terminal.ts'

const banger = new Banger(inject('home'))
const vm = 'workshop'

/** The guest's working tree as it is there, brought here by tar. */
function guestFiles(folder: string): Record<string, string> {
  const unpacked = mkdtempSync(join(tmpdir(), 'banger-guest-files-'))
  const argv = ['vm', 'exec', vm, '--', 'tar', '-c', '--exclude=.git', '-C', folder, '.']
  const packed = spawnSync(program, argv, { env: environment(banger.home), maxBuffer: 2 ** 30 })
  if (packed.status !== 0) throw new Error(packed.stderr.toString())
  spawnSync('tar', ['-x', '-C', unpacked], { input: packed.stdout })
  const files = contents(unpacked)
  rmSync(unpacked, { recursive: true })
  return files
}

const inGuest = (folder: string, ...argv: string[]) => banger.ok(['vm', 'exec', vm, '--cwd', folder, '--', ...argv])

describe('a workspace in a VM', () => {
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', vm])))
  afterAll(() => banger.run(['vm', 'delete', '--force', vm]))

  for (const what of [
    'dirty, staged, renamed, deleted, ignored, untracked and binary files',
    'names of any bytes',
    'executable bits, and other modes',
    'links, out of the tree and to nowhere',
    'a linked worktree',
    'a sparse checkout',
    'attributes that turn line ends',
    'a merge in conflict',
    'submodules, one of them not checked out',
  ])
    it(`is the same as the checkout: ${what}`, async () => {
      using repository = new Repository()
      const { dir = repository.dir, mode = 'shallow' } = checkouts[what]?.(repository) ?? {}
      const before = fingerprint(repository.top)
      const folder = `/root/${what.replace(/\W+/g, '-')}`
      await banger.ok(['vm', 'workspace', 'prepare', vm, dir, '--guest-path', folder, '--mode', mode])
      expect(fingerprint(repository.top)).toEqual(before)
      const status = ['status', '--porcelain=v2', '--branch', '-z']
      expect(await inGuest(folder, 'git', ...status)).toBe(Buffer.from(repository.gitIn(dir, ...status), 'latin1').toString())
      const listed = repository.gitIn(dir, 'ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0')
      const inner = (path: string) => path.startsWith('vendor/')
      const wanted = Object.entries(contents(dir, (path) => path === '.git')).filter(
        ([path]) => listed.includes(path) && !inner(path),
      )
      const have = Object.entries(guestFiles(folder)).filter(([path]) => !inner(path))
      expect(Object.fromEntries(have)).toEqual(Object.fromEntries(wanted))
      await inGuest(folder, 'git', 'fsck', '--strict')
      await inGuest('/root', 'rm', '-rf', folder)
    })

  it('cannot be written with --readonly, also after a restart, and is brought up to date all the same', async () => {
    using repository = new Repository().begin()
    const prepare = ['vm', 'workspace', 'prepare', vm, repository.dir, '--guest-path', '/root/fixed', '--readonly']
    await banger.ok(prepare)
    const write = ['vm', 'exec', vm, '--', 'sh', '-c', 'echo mine > /root/fixed/README.md']
    expect((await banger.run(write)).stderr).toMatch(/read-only/i)
    expect(await inGuest('/root/fixed', 'git', 'status', '--porcelain')).toBe('')
    repository.write('README.md', 'changed\n')
    await banger.ok(prepare)
    expect(await inGuest('/root/fixed', 'cat', 'README.md')).toBe('changed\n')
    expect((await banger.run(write)).status).not.toBe(0)
    await banger.ok(['vm', 'stop', vm])
    await banger.ok(['vm', 'start', vm])
    expect((await banger.run(write)).status).not.toBe(0)
    expect(await inGuest('/root/fixed', 'cat', 'README.md')).toBe('changed\n')
    await banger.ok(prepare.filter((argument) => argument !== '--readonly'))
    expect((await banger.run(write)).status).toBe(0)
  })

  it('is finished by the next prepare when the daemon was killed in the middle', async () => {
    using repository = new Repository().begin()
    for (let index = 0; index < 2000; index++) repository.write(`many/${index}`, `${index}\n`)
    const folder = '/root/interrupted'
    const killed = banger.run(['vm', 'workspace', 'prepare', vm, repository.dir, '--guest-path', folder])
    await expect
      .poll(async () => (await banger.run(['vm', 'exec', vm, '--', 'test', '-e', `${folder}/many`])).status, { timeout: 60_000 })
      .toBe(0)
    await banger.killDaemon()
    expect((await killed).status).not.toBe(0)
    await banger.ok(['vm', 'workspace', 'prepare', vm, repository.dir, '--guest-path', folder])
    expect(await inGuest(folder, 'git', 'status', '--porcelain=v2', '--untracked-files=all')).toBe(
      repository.git('status', '--porcelain=v2', '--untracked-files=all'),
    )
  })
})

describe('what was done in a workspace', () => {
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', vm])))
  afterAll(() => banger.run(['vm', 'delete', '--force', vm]))
  const here = (repository: Repository, path: string) => readFileSync(join(repository.dir, path), 'utf8')

  it('comes back: files, commits as a reference, and nothing over what was changed here', async () => {
    using repository = new Repository().begin()
    await banger.ok(['vm', 'workspace', 'prepare', vm, repository.dir])
    const commit = 'echo committed > done.txt; git add done.txt; git -c user.name=a -c user.email=a@b commit --quiet -m There'
    const script = `${commit}; echo guest > README.md; echo guest > src/main.c; rm src/run.sh; printf 'new\\0' > new.bin`
    await inGuest('/root/repo', 'sh', '-c', script)
    repository.write('src/main.c', 'mine\n').write('mine.txt', 'mine\n')
    const before = fingerprint(repository.top)
    const diff = await banger.run(['vm', 'workspace', 'diff', vm])
    expect(diff.stdout).toMatch(/^diff --git a\/README\.md/m)
    expect(diff.stderr).toContain('of: main')
    expect(fingerprint(repository.top)).toEqual(before)

    const pulled = await banger.run(['vm', 'workspace', 'pull', vm])
    expect(pulled.status).toBe(1)
    expect(pulled.stdout).toMatch(/^M README\.md$/m)
    expect(pulled.stdout).toMatch(/left as they are here: src\/main\.c/)
    expect([here(repository, 'README.md'), here(repository, 'src/main.c'), here(repository, 'mine.txt')]).toEqual([
      'guest\n',
      'mine\n',
      'mine\n',
    ])
    expect(repository.git('show', `refs/banger/${vm}/conflicts:src/main.c`)).toBe('guest\n')
    expect(repository.git('show', `refs/banger/${vm}/heads/main:done.txt`)).toBe('committed\n')
    repository.git('fsck', '--strict')
  })

  it('leaves a valid repository and whole files when the daemon or the command is killed in the middle, and comes back then', async () => {
    using repository = new Repository().begin()
    await banger.ok(['vm', 'workspace', 'prepare', vm, repository.dir, '--guest-path', '/root/killed'])
    await inGuest('/root/killed', 'sh', '-c', 'mkdir many; for i in $(seq 600); do seq $i 2000 > many/$i; done')
    const pull = ['vm', 'workspace', 'pull', vm, '--guest-path', '/root/killed']
    const killers = [() => banger.killDaemon(), async (command: ChildProcess) => command.kill('SIGKILL')]
    for (const [attempt, kill] of killers.entries()) {
      const command = banger.start(pull)
      const running = outcome(command)
      const count = () => spawnSync('find', [repository.dir, '-path', '*many/*'], { encoding: 'utf8' }).stdout.split('\n').length
      const before = count()
      await expect.poll(count, { interval: 5, timeout: 60_000 }).toBeGreaterThan(before + attempt + 1)
      await kill(command)
      expect((await running).status).not.toBe(0)
      repository.git('fsck', '--strict')
      for (const [path, file] of Object.entries(contents(join(repository.dir, 'many')))) {
        const whole = spawnSync('seq', [path, '2000'], { encoding: 'utf8' }).stdout
        expect(file).toContain(createHash('sha256').update(whole).digest('hex'))
      }
    }
    await banger.ok(pull)
    expect(Object.keys(contents(join(repository.dir, 'many'))).length).toBe(600)
    expect(existsSync(join(repository.dir, '.git/banger-pull'))).toBe(false)
    expect(repository.git('status', '--porcelain')).toBe('?? many/\n')
  })
})

describe('vm run with a checkout', () => {
  it("exits with make's status, and leaves the checkout as it was, to the last bit", async () => {
    using repository = new Repository().begin()
    repository.write('Makefile', 'test:\n\t@cat README.md input; echo built > output; exit 3\n').commit('Makefile')
    repository.write('README.md', 'changed\n').write('input', 'untracked\n')
    const before = fingerprint(repository.top)
    const result = await banger.run(['vm', 'run', repository.dir, '--branch', 'try', '--', 'make', 'test'])
    expect(result.stdout).toBe('changed\nuntracked\n')
    expect(result.stderr).toMatch(/\[Makefile:2: test\] Error 3/)
    expect(result.status).toBe(2)
    expect(fingerprint(repository.top)).toEqual(before)
    expect(await banger.vms()).toEqual([])
  })

  it('makes no VM for what cannot be a workspace', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'banger-no-checkout-'))
    const result = await banger.run(['vm', 'run', folder, '--', 'true'])
    expect([result.status, result.stderr]).toEqual([125, expect.stringContaining('is no git checkout')])
    expect(await banger.vms()).toEqual([])
    rmSync(folder, { recursive: true })
  })

  it('gives a shell in it, and has tools installed in the background', async () => {
    using repository = new Repository().begin()
    repository.write('.tool-versions', 'nothing 1.0\n')
    using terminal = new Terminal(banger, ['vm', 'run', repository.dir, '--name', 'shell-with-repo'], { rows: 24, cols: 120 })
    await terminal.see(/vm-run-tooling-repo\.log/)
    await terminal.type('pwd; git log --format=%s\r')
    await terminal.see(/\/root\/repo.*Begin/s)
    await terminal.type('exit 4\r')
    expect(await terminal.ended).toBe(4)
    const log = ['vm', 'exec', 'shell-with-repo', '--', 'cat', '/root/.cache/banger/vm-run-tooling-repo.log']
    await expect.poll(async () => (await banger.run(log)).stdout, { timeout: 60_000 }).toContain('named in .tool-versions')
    await banger.ok(['vm', 'delete', '--force', 'shell-with-repo'])
  })
})
