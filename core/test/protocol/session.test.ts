import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Attached, AttachStart, GuestSession, GuestSessionStart } from '../../src/protocol/session.ts'

/** A message in agent/testdata, which the agent's own tests read too. */
function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../agent/testdata/${name}.json`, import.meta.url), 'utf8'))
}

const common = {
  id: 'abcdefghijkl',
  name: 'planner',
  argv: ['pi', '--mode', 'rpc'],
  cwd: '/root/repo',
  user: 'nobody',
  stdinMode: 'pipe' as const,
  startedAt: 1764000000000,
}

test('a session is started with every field', () => {
  const start: GuestSessionStart = {
    name: 'planner',
    argv: ['pi', '--mode', 'rpc'],
    env: { FOO: 'bar' },
    cwd: '/root/repo',
    user: 'nobody',
    stdinMode: 'pipe',
    requireCommands: ['git', 'jq'],
  }
  expect(golden('session-start')).toEqual(start)
})

test('a session runs, has ended, or its end is not known', () => {
  const running: GuestSession = {
    ...common,
    state: 'running',
    pid: 310,
    output: { oldest: 4194304, end: 37748736 },
    attached: { pid: 4242, command: 'banger vm session attach box planner', since: 1764000001000, connected: true },
  }
  const ended: GuestSession = {
    ...common,
    state: 'ended',
    endedAt: 1764000060000,
    exit: { code: 137, signal: 'SIGKILL' },
    output: { oldest: 0, end: 11 },
  }
  const lost: GuestSession = { ...common, state: 'ended', lost: 'The VM stopped while it ran.', output: { oldest: 0, end: 0 } }
  expect(golden('session')).toEqual(running)
  expect(golden('session-ended')).toEqual(ended)
  expect(golden('session-lost')).toEqual(lost)
})

test('an attach begins, begins again after a broken connection, and is answered', () => {
  const start: AttachStart = {
    token: '0123456789abcdef0123456789abcdef',
    pid: 4242,
    command: 'banger vm session attach box planner',
  }
  const attached: Attached = { stdin: 65536, stdinTaken: 4096, stdinEnded: false, stdinWindow: 1048576 }
  expect(golden('attach-start')).toEqual(start)
  expect(golden('attach-start-again')).toEqual({ ...start, from: 4096 })
  expect(golden('attached')).toEqual(attached)
})
