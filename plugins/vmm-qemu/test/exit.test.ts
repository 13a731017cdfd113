import { describe, expect, test } from 'vitest'
import { describeExit, type Ending } from '../src/exit.ts'

const ending = (change: Partial<Ending>): Ending => ({ killed: false, console: '', ...change })
const panic = '[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n[    1.3] CPU: 0'

describe('the reason of an exit', () => {
  const cases: [string, Partial<Ending>, string, string][] = [
    [
      'a guest that powers off',
      { cause: 'guest-shutdown', status: { code: 0, signal: null } },
      'guest-poweroff',
      'The guest powered itself off.',
    ],
    ['a guest that reboots', { cause: 'guest-reset' }, 'guest-reboot', 'The guest asked for a reboot.'],
    [
      'a panic',
      { cause: 'guest-reset', console: panic },
      'guest-panic',
      "The guest's kernel panicked: VFS: Unable to mount root fs",
    ],
    ['a panic nobody saw end', { console: panic }, 'guest-panic', "The guest's kernel panicked: VFS: Unable to mount root fs"],
    ['a panic that a device reports', { cause: 'guest-panic' }, 'guest-panic', "The guest's kernel panicked."],
    ['a kill of ours', { killed: true, status: { code: null, signal: 'SIGKILL' } }, 'killed', 'banger ended it.'],
    ['a kill of ours after a panic', { killed: true, console: panic }, 'killed', 'banger ended it.'],
    [
      'a SIGTERM',
      { cause: 'host-signal', status: { code: 0, signal: null } },
      'killed',
      'QEMU was told to end from outside banger.',
    ],
    [
      'the kernel running out of memory',
      { status: { code: null, signal: 'SIGKILL' } },
      'killed',
      'QEMU was ended by SIGKILL, from outside banger or for lack of memory.',
    ],
    [
      'a crash',
      { status: { code: null, signal: 'SIGABRT' }, lastWord: 'Assertion failed' },
      'vmm-failed',
      'QEMU crashed with SIGABRT: Assertion failed',
    ],
    [
      'a bad option',
      { status: { code: 1, signal: null }, lastWord: 'invalid option' },
      'vmm-failed',
      'QEMU failed with status 1: invalid option',
    ],
    ['a failure without a word', { status: { code: 1, signal: null } }, 'vmm-failed', 'QEMU failed with status 1.'],
    ['an adopted machine that left a message', { lastWord: 'no space left' }, 'vmm-failed', 'QEMU ended: no space left'],
    ['an adopted machine that left nothing', {}, 'unknown', 'QEMU ended, and nobody saw why.'],
  ]
  for (const [what, change, reason, detail] of cases) {
    test(`is told for ${what}`, () => {
      expect(describeExit(ending(change))).toMatchObject({ reason, detail })
    })
  }
})
