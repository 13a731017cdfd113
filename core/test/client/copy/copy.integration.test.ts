import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copy } from '../../../src/client/copy/copy.ts'
import { parsePlace } from '../../../src/client/copy/place.ts'
import { DaemonClient } from '../../../src/client/daemon-client.ts'
import { fileRoutes } from '../../../src/daemon/routes/files.ts'
import { createServer, listen } from '../../../src/daemon/server.ts'
import { AgentClient } from '../../../src/guest/agent-client.ts'
import { Activity } from '../../../src/lifecycle/activity.ts'
import type { Engine } from '../../../src/lifecycle/engine.ts'
import { silentLog } from '../../fakes.ts'
import { aVm } from '../../samples.ts'

const binary = join(import.meta.dirname, '../../../../build/bin/banger-vsock-agent')

/** Sources, a target, and whether `cp` can. Paths are relative to a folder that holds what `fill` makes. */
const cases: [sources: string[], target: string][] = [
  [['file'], 'new'],
  [['file'], 'there'],
  [['file'], 'there/'],
  [['file'], 'there/file'],
  [['file'], 'there/new'],
  [['file'], 'new/'],
  [['file'], 'no/new'],
  [['file'], 'file/new'],
  [['file'], 'dirlink'],
  [['run.sh'], 'filelink'],
  [['filelink'], 'new'],
  [['dangling'], 'new'],
  [['missing'], 'new'],
  [['file/'], 'new'],
  [['dir'], 'new'],
  [['dir'], 'new/'],
  [['dir/'], 'new'],
  [['dir'], 'there'],
  [['dir/'], 'there'],
  [['dir/.'], 'there'],
  [['dir/.'], 'new'],
  [['dirlink'], 'new'],
  [['dirlink/.'], 'there'],
  [['dir'], 'file'],
  [['dir'], 'no/new'],
  [['empty'], 'new'],
  [['empty'], 'there/'],
  [['run.sh'], 'wrong'],
  [['file', 'run.sh', 'dir'], 'there'],
  [['file', 'run.sh'], 'new'],
  [['file', 'run.sh'], 'there/file'],
]

describe.skipIf(!existsSync(binary))('a copy (skipped when build/bin/banger-vsock-agent is missing)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'banger-copy-'))
  const root = join(folder, 'root')
  let guest: ChildProcess
  let agent: AgentClient
  let client: DaemonClient
  const server = createServer(silentLog)

  beforeAll(async () => {
    const socket = join(folder, 'agent.sock')
    guest = spawn(binary, ['serve', '--unix', socket, '--root', root], { stdio: 'inherit' })
    agent = new AgentClient(async () => connect(socket), 'box')
    await agent.waitReady({ timeout: 20_000 })
    const vm = aVm({ state: 'running' })
    fileRoutes(server, {
      store: { vms: { all: () => [vm] } },
      live: new Map([[vm.id, { agent }]]),
      activity: new Activity(),
    } as unknown as Engine)
    await listen(server, join(folder, 'daemon.sock'))
    client = new DaemonClient({ socket: join(folder, 'daemon.sock'), log: '/log' })
  })
  afterAll(async () => {
    agent.close()
    guest.kill('SIGKILL')
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function run(sources: string[], target: string, options: { stdin?: Readable; stdout?: Writable; signal?: AbortSignal } = {}) {
    const streams = { stdin: Readable.from([]), stdout: new Writable(), signal: new AbortController().signal }
    return copy(client, sources.map(parsePlace), parsePlace(target), { progress: () => undefined, ...streams, ...options })
  }

  it.each(cases)('of %j to %s does to the guest what cp does here', async (sources, target) => {
    await compare(sources, target, {
      from: (path) => `${folder}/host/${path}`,
      to: (path) => `box:/w/${path}`,
      result: join(root, 'w'),
    })
  })

  it.each(cases)('of %j to %s does here what cp does, from the guest', async (sources, target) => {
    await compare(sources, target, {
      from: (path) => `box:/w/${path}`,
      to: (path) => `${folder}/host/${path}`,
      result: join(folder, 'host'),
    })
  })

  async function compare(
    sources: string[],
    target: string,
    paths: { from: (path: string) => string; to: (path: string) => string; result: string },
  ): Promise<void> {
    const oracle = join(folder, 'oracle')
    for (const place of [join(folder, 'host'), join(root, 'w'), oracle]) fill(place)
    const options = ['-r', '-H', '--preserve=mode,timestamps,links']
    // From a copy, since here the target lies elsewhere than the source.
    const twin = join(folder, 'twin')
    fill(twin)
    const done = spawnSync('cp', [...options, ...sources.map((path) => `${twin}/${path}`), `${oracle}/${target}`])
    const result = run(sources.map(paths.from), paths.to(target))
    if (done.status === 0) await result
    else
      await expect(result).rejects.toMatchObject({
        code: expect.stringMatching(/copy\.refused|bad-path/),
        hint: expect.any(String),
      })
    expect(list(paths.result)).toEqual(list(oracle))
  }

  it('carries 60 MB and 3000 files between two places, byte for byte', async () => {
    const from = join(folder, 'large')
    mkdirSync(from)
    const bytes = randomBytes(60_000_000)
    writeFileSync(join(from, 'big'), bytes)
    for (let index = 0; index < 3000; index++) writeFileSync(join(from, `small-${index}`), String(index))
    expect(await run([from], 'box:/large')).toEqual({ entries: 3002, bytes: expect.any(Number), leftOut: 0 })
    await run(['box:/large'], 'box:/again')
    await run(['box:/again'], `${folder}/back`)
    expect(readFileSync(join(folder, 'back/big')).equals(bytes)).toBe(true)
    expect(list(join(folder, 'back'))).toEqual(list(from))
  })

  it('makes a file of stdin and stdin of a file', async () => {
    const bytes = randomBytes(3_000_000)
    expect(await run(['-'], 'box:/stream', { stdin: Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]) })).toMatchObject({
      bytes: bytes.length,
    })
    const got: Buffer[] = []
    const stdout = new Writable({ write: (chunk, _, done) => done(void got.push(chunk)) })
    await run(['box:/stream'], '-', { stdout })
    expect(Buffer.concat(got).equals(bytes)).toBe(true)
  })

  it('refuses a folder as stdout and as the file that stdin becomes', async () => {
    mkdirSync(join(root, 'folder'), { recursive: true })
    await expect(run(['box:/folder'], '-')).rejects.toMatchObject({
      code: 'copy.refused',
      hint: expect.stringContaining('tar -c'),
    })
    await expect(run(['-'], 'box:/folder')).rejects.toMatchObject({ code: 'copy.refused' })
    await expect(run(['-'], 'box:/none/file')).rejects.toMatchObject({
      code: 'copy.refused',
      hint: 'Make the folder /none first.',
    })
  })

  it('leaves out what is no file, folder or link, and says how many', async () => {
    const from = join(folder, 'special')
    mkdirSync(from)
    execFileSync('mkfifo', [join(from, 'pipe')])
    writeFileSync(join(from, 'file'), '')
    expect(await run([from], 'box:/special')).toMatchObject({ entries: 2, leftOut: 1 })
    execFileSync('mkfifo', [join(root, 'special/pipe')])
    expect(await run(['box:/special'], `${folder}/unspecial`)).toMatchObject({ entries: 2, leftOut: 1 })
    await expect(run(['/dev/null'], 'box:/null')).rejects.toMatchObject({ code: 'host.bad-path' })
  })

  it('that is given up leaves nothing under its name, on either side', async () => {
    mkdirSync(root, { recursive: true })
    for (const [sources, target, place] of [
      [['-'], 'box:/half', root],
      [[join(folder, 'endless')], 'box:/half', root],
      [['box:/endless'], join(folder, 'half'), folder],
    ] as const) {
      for (const path of [join(folder, 'endless'), join(root, 'endless')]) writeFileSync(path, Buffer.alloc(50_000_000))
      const abort = new AbortController()
      const stdin = Readable.from(endless(abort))
      const copying = copy(client, sources.map(parsePlace), parsePlace(target), {
        progress: () => abort.abort(),
        stdin,
        stdout: new Writable(),
        signal: abort.signal,
      })
      await expect(copying).rejects.toThrow()
      await expect.poll(() => readdirSync(place).filter((name) => /half|\.banger/.test(name)), { timeout: 10_000 }).toEqual([])
    }
  })

  it('keeps the file that was there when what it should become breaks off', async () => {
    writeFileSync(join(root, 'kept'), 'the one before')
    const broken = async function* () {
      yield Buffer.from('half')
      throw new Error('the source broke')
    }
    await expect(run(['-'], 'box:/kept', { stdin: Readable.from(broken()) })).rejects.toThrow('the source broke')
    await expect.poll(() => readdirSync(root).filter((name) => name.startsWith('.banger'))).toEqual([])
    expect(readFileSync(join(root, 'kept'), 'utf8')).toBe('the one before')
  })
})

async function* endless(abort: AbortController): AsyncGenerator<Buffer> {
  while (!abort.signal.aborted) {
    yield Buffer.alloc(1 << 20)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Makes a folder anew, with something of each kind. */
function fill(base: string): void {
  rmSync(base, { recursive: true, force: true })
  const file = (path: string, content: string, mode: number): void => {
    writeFileSync(join(base, path), content)
    chmodSync(join(base, path), mode)
    utimesSync(join(base, path), 1_000_000_000, 1_000_000_000 + content.length)
  }
  for (const path of ['dir/sub', 'empty', 'there/dir', 'wrong/run.sh']) mkdirSync(join(base, path), { recursive: true })
  chmodSync(join(base, 'dir/sub'), 0o750)
  file('file', 'content', 0o640)
  file('run.sh', '#!/bin/sh', 0o755)
  file('dir/a', 'new a', 0o600)
  file('dir/sub/b', '', 0o444)
  file('dir/two\nlines', 'x', 0o644)
  linkSync(join(base, 'dir/a'), join(base, 'dir/sub/hard'))
  symlinkSync('a', join(base, 'dir/link'))
  symlinkSync('/etc/passwd', join(base, 'dir/out'))
  execFileSync('sh', ['-c', 'name=$(printf "not utf-8 \\377"); printf bytes > "$name"; touch -d @1000000009 "$name"'], {
    cwd: join(base, 'dir'),
  })
  symlinkSync('dir', join(base, 'dirlink'))
  symlinkSync('file', join(base, 'filelink'))
  symlinkSync('nowhere', join(base, 'dangling'))
  file('there/file', 'old file', 0o600)
  file('there/dir/a', 'old a', 0o644)
  file('there/dir/own', 'stays', 0o644)
}

/** Everything below a folder, with what a copy keeps of it. Folders' times are left out: others change them, too. */
function list(base: string): string[] {
  const names = readdirSync(base, { recursive: true, encoding: 'latin1' }) as string[]
  return names.sort().map((name) => {
    const path = Buffer.from(join(base, name), 'latin1')
    const stats = lstatSync(path)
    const mode = (stats.mode & 0o7777).toString(8)
    if (stats.isDirectory()) return `${name}/ ${mode}`
    if (stats.isSymbolicLink()) return `${name} -> ${readlinkSync(path)}`
    return `${name} ${mode} ${stats.nlink} ${Math.floor(stats.mtimeMs / 1000)} ${readFileSync(path).toString('base64').slice(0, 40)}`
  })
}
