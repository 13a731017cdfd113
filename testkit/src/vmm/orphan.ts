import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, extname, join } from 'node:path'
import type { MachineSpec, MachineState } from '@banger/core'
import { within } from '../check.ts'
import type { VmmSubject } from './subject.ts'

const program = join(import.meta.dirname, `start-and-die${extname(import.meta.filename)}`)

/** Starts a machine in a daemon of its own that is killed then. @returns the state that it kept */
export async function orphan({ name, extend, settings = {} }: VmmSubject, spec: MachineSpec): Promise<MachineState> {
  const args = [name, extend.href, settings, spec].map((value) => JSON.stringify(value))
  // what the daemon leaves, since it is killed, goes with the machine
  const env = { ...process.env, TMPDIR: dirname(spec.dir) }
  const daemon = fork(program, args, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let said = ''
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(daemon, 'exit')
  const told = once(daemon, 'message').then(([state]) => state as MachineState)
  const state = await within('a daemon that starts a machine', Promise.race([told, ended.then(() => undefined)]))
  daemon.kill('SIGKILL')
  await ended
  assert.ok(state, `a daemon of its own starts no machine: ${said}`)
  return state
}
