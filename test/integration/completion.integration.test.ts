import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, fakeEnvironment, fakeVm, json } from '../../core/test/client/fake-daemon.ts'
import { InteractiveShell } from './interactive-shell.ts'

const build = join(import.meta.dirname, '../../build')
const exec = promisify(execFile)
const banger = join(build, 'bin/banger')

/** The scripts that `make build` made, in the real shells; a daemon's answers come from a stand-in. */
describe('completion', () => {
  let daemon: FakeDaemon
  let folder = ''
  const env = (more: Record<string, string> = {}) => ({ PATH: `${build}/bin:${process.env.PATH}`, ...daemon.env, ...more })

  beforeAll(async () => {
    daemon = await fakeDaemon()
    folder = mkdtempSync(join(tmpdir(), 'banger-completion-'))
    mkdirSync(join(folder, 'my folder'))
    writeFileSync(join(folder, 'my kernel'), '')
    const answer = (path: string, value: unknown) => {
      daemon.routes[`GET ${path}`] = (_call, response) => json(response, value)
    }
    answer('/v1/vms', [fakeVm({ name: 'testbox' }), fakeVm({ name: 'devbox', state: 'stopped' })])
    answer('/v1/images', [{ name: 'debian-bookworm', source: 'debian:bookworm' }])
    answer('/v1/kernels', [{ name: 'generic-6.1', release: '6.1.0' }])
    answer('/v1/info', { plugins: [{ name: 'old' }, { name: 'vmm-qemu', adds: { vmms: ['qemu'], networks: ['user'] } }] })
    answer('/v1/vms/testbox/sessions', [{ name: 'planner', state: 'running', argv: ['pi'] }])
    plugin('banger-plugin-linked', { commands: './commands' })
  })
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  function plugin(name: string, oclif: object): void {
    const dir = join(folder, name)
    mkdirSync(join(dir, 'commands/greet'), { recursive: true })
    writeFileSync(join(dir, 'commands/greet/world.js'), 'throw new Error("loaded")')
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, oclif }))
    mkdirSync(daemon.paths.data, { recursive: true })
    const plugins = [{ name, root: dir, type: 'link' }]
    writeFileSync(join(daemon.paths.data, 'package.json'), JSON.stringify({ oclif: { plugins } }))
  }

  const begin = {
    bash: "PS1='$ '; bind 'set enable-bracketed-paste off'; bind 'set show-all-if-ambiguous on'; source <(banger completion bash)",
    zsh: `PS1='$ '; bindkey -e; fpath=(${build}/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D`,
  }

  describe.each(['bash', 'zsh'] as const)('of %s', (name) => {
    let shell: InteractiveShell
    beforeAll(() => {
      shell = new InteractiveShell(name, begin[name], { env: env(), cwd: folder })
    })
    afterAll(() => shell[Symbol.dispose]())

    it.each([
      ['banger do', ['banger', 'doctor']],
      ['banger vm sess', ['banger', 'vm', 'session']],
      ['banger help vm works', ['banger', 'help', 'vm', 'workspace']],
      ['banger gr', ['banger', 'greet']],
      ['banger vm list --al', ['banger', 'vm', 'list', '--all']],
      ['banger vm show te', ['banger', 'vm', 'show', 'testbox']],
      ['banger vm delete testbox ', ['banger', 'vm', 'delete', 'testbox', 'devbox']],
      ['banger vm session logs testbox ', ['banger', 'vm', 'session', 'logs', 'testbox', 'planner']],
      ['banger vm session logs testbox planner --stream stdo', 'stdout'],
      ['banger vm create --image deb', 'debian-bookworm'],
      ['banger vm create --image=deb', '--image=debian-bookworm'],
      ['banger vm create "--image=deb', '--image=debian-bookworm'],
      ['banger image pull x --kernel-ref gen', 'generic-6.1'],
      ['banger vm create --vmm q', 'qemu'],
      ['banger vm create --network=us', '--network=user'],
      ['banger vm show "te', 'testbox'],
      ['banger image register --kernel my\\ k', 'my kernel'],
      ['banger image register --kernel "my k', 'my kernel'],
      ['banger image register --kernel=my\\ k', '--kernel=my kernel'],
      ['banger vm exec testbox -- cat "my k', 'my kernel'],
      ['banger vm exec testbox -- --al', '--al'],
    ])('goes on with: %s', async (line, expected) => {
      const words = await shell.completed(line)
      if (Array.isArray(expected)) expect(words).toEqual(expected)
      else expect(words.at(-1)).toBe(expected)
    })

    it('writes no space behind the VM of a path', async () => {
      expect(await shell.completed('banger vm cp tes')).toEqual(['banger', 'vm', 'cp', 'testbox:'])
      expect(await shell.completed('banger vm cp my\\ k')).toEqual(['banger', 'vm', 'cp', 'my kernel'])
    })

    it('offers all there is', async () => {
      await shell.offers('banger vm start ', 'testbox', 'devbox')
      await shell.offers('banger vm ', 'session', 'workspace', 'ssh-config')
      await shell.offers('banger vm create --', '--image', '--no-start')
    })
  })

  it('shows in zsh what each candidate is', async () => {
    using shell = new InteractiveShell('zsh', begin.zsh, { env: env(), cwd: folder })
    await shell.offers('banger vm start ', 'running, debian-bookworm', 'stopped, debian-bookworm')
    await shell.offers('banger vm session ', 'Start a command', 'Ask a session to end')
  })

  it('shows them in fish, too', async () => {
    const fish = async (line: string) => {
      const script = `source ${build}/share/fish/vendor_completions.d/banger.fish; complete -C '${line}'`
      const { stdout } = await exec('fish', ['--no-config', '-c', script], { env: env(), cwd: folder })
      return stdout.trim().split('\n')
    }
    expect(await fish('banger vm show te')).toEqual(['testbox\trunning, debian-bookworm'])
    expect(await fish('banger vm session logs testbox pl')).toEqual(['planner\trunning: pi'])
    expect(await fish('banger vm create --image=deb')).toEqual(['--image=debian-bookworm\tdebian:bookworm'])
    expect(await fish('banger vm create --image deb')).toEqual(['debian-bookworm\tdebian:bookworm'])
    expect(await fish('banger vm list --al')).toEqual(['--all\tlist stopped VMs, too'])
    expect(await fish('banger vm cp tes')).toEqual(['testbox:\trunning, debian-bookworm'])
    expect(await fish('banger greet ')).toEqual(['world'])
    expect(await fish('banger image register --kernel my')).toContain('my kernel')
    expect(await fish('banger image register --kernel=my')).toContain('--kernel=my kernel')
    expect(await fish('banger vm exec testbox -- my')).toContain('my kernel')
  })
})

describe('what completion asks', () => {
  const complete = (home: string, ...words: string[]) =>
    spawnSync(banger, ['complete', 'fish', ...words], {
      env: { PATH: process.env.PATH, ...fakeEnvironment(home) },
      encoding: 'utf8',
    })

  it('starts no daemon, and without one still knows what never changes', () => {
    const home = mkdtempSync(join(tmpdir(), 'banger-completion-'))
    const { stdout, stderr, status } = complete(home, 'vm', 'show', '')
    expect({ stdout, stderr, status }).toEqual({ stdout: '\n', stderr: '', status: 0 })
    expect(complete(home, 'vm', 'create', '--ima').stdout).toContain('--image\t')
    expect(complete(home, 'vm', 'create', '--network', '').stdout).toMatch(/^none\t/m)
    expect(execFileSync('find', [home, '-name', 'bangerd*'], { encoding: 'utf8' })).toBe('')
    rmSync(home, { recursive: true })
  })

  it('waits for no daemon that does not answer', async () => {
    await using daemon = await fakeDaemon()
    daemon.routes['GET /v1/vms'] = () => {}
    const { stdout, stderr, status } = complete(daemon.paths.state.replace(/\/state\/banger$/, ''), 'vm', 'show', '')
    expect({ stdout, stderr, status }).toEqual({ stdout: '\n', stderr: '', status: 0 })
  })

  it.each([[[]], [['tcsh', 'x']], [['bash']], [['bash', '"', '\\']], [['fish']], [['zsh', 'constructor', '--__proto__', '']]])(
    'is answered without an error for %j',
    (words) => {
      const home = mkdtempSync(join(tmpdir(), 'banger-completion-'))
      const { stderr, status } = spawnSync(banger, ['complete', ...words], { env: { HOME: home }, encoding: 'utf8' })
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
      rmSync(home, { recursive: true })
    },
  )
})
