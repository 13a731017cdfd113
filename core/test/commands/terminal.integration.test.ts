import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeDaemon, fakeDaemon, fakeVm, result } from '../client/fake-daemon.ts'
import { fakeGuest } from './fake-guest.ts'
import { cliArgs, cliEnv } from './run-cli.ts'

/** On a busy machine. */
const soon = { timeout: 10_000 }

let daemon: FakeDaemon
let guest: ReturnType<typeof fakeGuest>

beforeEach(async () => {
  daemon = await fakeDaemon()
  guest = fakeGuest()
  daemon.upgrades['POST /v1/vms/box/exec'] = guest.serve
})
afterEach(() => daemon[Symbol.asyncDispose]())

describe('a command on a terminal', () => {
  it('gets a terminal of the same kind and size', async () => {
    const terminal = onTerminal(`stty rows 30 cols 100; ${banger("vm exec box -- echo 'hello there'")}`)
    await terminal.ended
    expect(guest.starts[0]?.tty).toEqual({ rows: 30, cols: 100, term: 'vt220' })
    expect(terminal.output()).toContain('hello there')
  })

  it('gets every key, Ctrl-C too, and the terminal is put back afterwards', async () => {
    const terminal = onTerminal(
      `${banger("vm exec box -- sh -c 'echo ready; head -c 1 | od -An -tx1'")}; echo "status $?"; stty -a`,
    )
    await terminal.says('ready')
    terminal.type('\x03')
    await terminal.ended
    expect(terminal.output()).toMatch(/03\s+status 0/)
    expect(terminal.output()).toMatch(/[^-]icanon/)
    expect(terminal.output()).toMatch(/[^-]echo\b/)
    expect(guest.signals).toEqual([])
  })

  it('follows the size of the window', async () => {
    const flag = `${daemon.paths.state}/resize`
    const resize = `(while [ ! -e ${flag} ]; do sleep 0.05; done; stty rows 41 cols 121 </dev/tty) &`
    const terminal = onTerminal(`stty rows 30 cols 100; ${resize} ${banger("vm exec box -- sh -c 'echo ready; read line'")}`)
    await terminal.says('ready')
    await writeFile(flag, '')
    // stty may set rows and columns one after the other
    await expect.poll(() => guest.sizes.at(-1), soon).toEqual({ rows: 41, cols: 121 })
    terminal.type('\n')
    await terminal.ended
  })

  it('leaves the terminal as it was when the daemon is lost', async () => {
    const terminal = onTerminal(`${banger("vm exec box -- sh -c 'echo ready; sleep 20'")}; echo "status $?"; stty -a`)
    await terminal.says('ready')
    await daemon.stop()
    await terminal.ended
    expect(terminal.output()).toContain('status 125')
    expect(terminal.output()).toMatch(/[^-]icanon/)
  })

  it('leaves the terminal as it was, and hangs up, when a signal from elsewhere ends the CLI', async () => {
    const nap = `19.${process.pid}`
    const terminal = onTerminal(`(${banger(`vm exec box -- sh -c 'echo ready; sleep ${nap}'`)}; echo "status $?"; stty -a)`)
    await terminal.says('ready')
    process.kill(
      pidOf((line) => /^\S*node .*cli\.ts /.test(line) && line.includes(nap)),
      'SIGTERM',
    )
    await terminal.ended
    expect(terminal.output()).toContain('status 143')
    expect(terminal.output()).toMatch(/[^-]icanon/)
    await expect.poll(() => guest.hungUp, soon).toBe(1)
  })

  it('shares nothing with a terminal when one of the three streams is none', async () => {
    const terminal = onTerminal(`${banger('vm exec box -- echo through a pipe')} | cat`)
    await terminal.ended
    expect(guest.starts[0]?.tty).toBe(false)
  })

  it('asks for a terminal, or none, when told to', async () => {
    await onTerminal(banger('vm exec box --no-tty -- true')).ended
    await onTerminal(`${banger('vm exec box --tty -- true')} </dev/null | cat`).ended
    expect(guest.starts.map(({ tty }) => Boolean(tty))).toEqual([false, true])
  })
})

describe('vm run on a terminal', () => {
  it('opens a login shell, keeps the VM and says how to come back', async () => {
    daemon.routes['POST /v1/vms'] = result(fakeVm())
    daemon.upgrades['POST /v1/vms/abcdefghijkl/exec'] = guest.serve
    const terminal = onTerminal(`${banger('vm run')}; echo "status $?"`)
    terminal.type('exit 3\n')
    await terminal.ended
    expect(guest.starts[0]).toMatchObject({ argv: ['/bin/sh', '-c', expect.stringContaining('-l')], tty: { term: 'vt220' } })
    expect(terminal.output()).toContain('status 3')
    expect(terminal.output()).toContain('banger vm ssh box')
    expect(daemon.calls.filter(({ method }) => method === 'DELETE')).toEqual([])
    expect(daemon.calls[0]?.body).toMatchObject({ ephemeral: false })
  })

  it('takes the progress off the terminal before the shell begins', async () => {
    daemon.upgrades['POST /v1/vms/abcdefghijkl/exec'] = guest.serve
    daemon.routes['POST /v1/vms'] = async (_call, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write(
        `${JSON.stringify({ type: 'progress', event: { id: 'boot', message: 'Booting the kernel', state: 'running' } })}\n`,
      )
      await new Promise((resolve) => setTimeout(resolve, 200))
      response.end(`${JSON.stringify({ type: 'result', value: fakeVm() })}\n`)
    }
    daemon.routes['DELETE /v1/vms/abcdefghijkl?force=true'] = result({})
    const terminal = onTerminal(banger('vm run -- echo begun'))
    await terminal.ended
    expect(terminal.output()).toMatch(/Booting the kernel\r\n\x1b\[1A\r\x1b\[J[\s\S]*begun/)
  })
})

describe('image prune --all on a terminal', () => {
  const pruned = { dryRun: false, unused: [], cache: { files: 0, size: 0 }, initrds: { files: 0, size: 0 }, freed: 0 }
  const [look, act] = [{ all: true, dryRun: true }, { all: true }]

  beforeEach(() => {
    daemon.routes['POST /v1/images/prune'] = result({ ...pruned, images: [{ name: 'old', source: 'x:old', size: 1024 }] })
  })

  it.each([
    ['y\n', [look, act], 'Deleted the image old'],
    ['\n', [look], 'Nothing was deleted.'],
    ['\x04', [look], 'Nothing was deleted.'],
  ])('shows what would go and asks: %j', async (answer, calls, said) => {
    const terminal = onTerminal(`${banger('image prune --all')}; echo "status $?"`)
    await terminal.says('Delete 1 image? [y/N]')
    expect(terminal.output()).toMatch(/NAME +SOURCE +SIZE\s+old +x:old +1 KiB/)
    terminal.type(answer)
    await terminal.ended
    expect(terminal.output()).toContain(said)
    expect(terminal.output()).toContain('status 0')
    expect(daemon.calls.map(({ body }) => body)).toEqual(calls)
  })

  it('deletes nothing after Ctrl-C', async () => {
    const terminal = onTerminal(`${banger('image prune --all')}; echo "status $?"`)
    await terminal.says('[y/N]')
    terminal.type('\x03')
    await terminal.ended
    expect(daemon.calls.map(({ body }) => body)).toEqual([look])
  })
})

interface Terminal {
  ended: Promise<unknown>
  output(): string
  says(text: string): Promise<void>
  type(keys: string): void
}

function banger(words: string): string {
  return `'${process.execPath}' '${cliArgs[0]}' ${words}`
}

/** The process whose command line, joined by spaces, fits. */
function pidOf(fits: (line: string) => boolean): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const found = pids.find((pid) => {
    try {
      return fits(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
    } catch {
      return false
    }
  })
  if (!found) throw new Error('no such process')
  return Number(found)
}

/** A shell line on a pseudo-terminal of its own, by script(1). */
function onTerminal(line: string): Terminal {
  const child: ChildProcess = spawn('script', ['-qefc', line, '/dev/null'], {
    env: { ...cliEnv(daemon.env), TERM: 'vt220', SHELL: '/bin/sh' },
    stdio: 'pipe',
  })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  return {
    ended: new Promise((resolve) => child.once('close', resolve)),
    output: () => output,
    says: (text) => expect.poll(() => output, soon).toContain(text),
    type: (keys) => void child.stdin?.write(keys),
  }
}
