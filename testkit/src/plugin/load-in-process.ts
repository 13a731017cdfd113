import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Loaded } from './load-fresh.ts'

/** What loading a plugin in a process of its own showed. */
export interface Loading {
  loaded: Loaded
  /** Files that it wrote in its home, its working directory or the folder for temporary ones. */
  files: string[]
  /** What it wrote to stdout. */
  output: string
  /** Whether the process ended by itself. */
  ended: boolean
}

/** Milliseconds for the process to end by itself once the plugin is loaded; and to load it. */
const patience = { end: 5000, load: 60_000 }

const program = join(import.meta.dirname, `load-fresh${extname(import.meta.filename)}`)

/** @throws AssertionError with what went wrong when the plugin cannot be loaded */
export async function loadInProcess(module: string, identifier: string): Promise<Loading> {
  const home = await mkdtemp(join(tmpdir(), 'banger-load-'))
  const { PATH, NODE_EXTRA_CA_CERTS } = process.env
  const env = { PATH, NODE_EXTRA_CA_CERTS, HOME: home, TMPDIR: home, NODE_NO_WARNINGS: '1' }
  const child = fork(program, [module, identifier], { cwd: home, env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  try {
    const text = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk))
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
    const exit = once(child, 'exit')
    const message = await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(patience.load) }).then(([value]) => value as Message),
      exit.then((): Message => ({ error: `the process that loads it ended: ${text.stderr || text.stdout}` })),
    ])
    assert.ok('loaded' in message, `it cannot be loaded: ${'error' in message ? message.error : ''}`)
    const ended = await Promise.race([
      exit.then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, patience.end, false)),
    ])
    const entries = await readdir(home, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
    return { loaded: message.loaded, files, output: text.stdout, ended }
  } finally {
    child.kill('SIGKILL')
    await rm(home, { recursive: true, force: true })
  }
}

type Message = { loaded: Loaded } | { error: string }
