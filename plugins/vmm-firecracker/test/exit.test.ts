import { describe, expect, test } from 'vitest'
import { describeExit, type Ending } from '../src/exit.ts'

const exit = (ending: Partial<Ending>) => describeExit({ killed: false, halted: false, asked: false, console: '', ...ending })
const status = (code: number | null, signal: string | null = null) => ({ code, signal })
const panic = '[    1.0] Kernel panic - not syncing: sysrq triggered crash\r\n'
const reboot = '[    9.1] reboot: Restarting system\r\n'
const off = '[    9.1] reboot: Power down\r\n'

describe('why a Firecracker ended is told', () => {
  test.each<[string, Partial<Ending>, object]>([
    ['status 0', { status: status(0), console: reboot }, { reason: 'guest-reboot', code: 0 }],
    ['status 0 after Ctrl+Alt+Del', { status: status(0), console: reboot, asked: true }, { reason: 'guest-poweroff' }],
    ['status 0 after a panic', { status: status(0), console: panic }, { reason: 'guest-panic', detail: /sysrq triggered crash/ }],
    ['status 0 on arm64, where guests can power off', { status: status(0), console: off }, { reason: 'guest-poweroff' }],
    ['a guest that halted', { halted: true, status: status(null, 'SIGKILL') }, { reason: 'guest-poweroff' }],
    ['a kill by banger', { killed: true, status: status(null, 'SIGKILL') }, { reason: 'killed', detail: /^banger ended it/ }],
    ['a kill that came too late', { killed: true, status: status(0), console: reboot }, { reason: 'guest-reboot' }],
    [
      'a kill from outside',
      { status: status(null, 'SIGKILL') },
      { reason: 'killed', signal: 'SIGKILL', detail: /lack of memory/ },
    ],
    ['SIGTERM, which it does not handle', { status: status(null, 'SIGTERM') }, { reason: 'killed', signal: 'SIGTERM' }],
    ['another signal', { status: status(null, 'SIGABRT') }, { reason: 'vmm-failed', detail: /crashed with SIGABRT/ }],
    ['a socket in use', { status: status(1), lastWord: 'in use' }, { reason: 'vmm-failed', code: 1, detail: /failed: in use$/ }],
    ['an unexpected error', { status: status(2) }, { reason: 'vmm-failed', code: 2 }],
    ['a forbidden system call', { status: status(148) }, { reason: 'vmm-failed', detail: /seccomp/ }],
    ['SIGBUS', { status: status(149) }, { reason: 'vmm-failed', detail: /out of space/ }],
    ['SIGSEGV', { status: status(150) }, { reason: 'vmm-failed', detail: /SIGSEGV/ }],
    ['SIGXFSZ', { status: status(151) }, { reason: 'vmm-failed', detail: /larger file/ }],
    ['a bad level', { status: status(152) }, { reason: 'vmm-failed', detail: /configuration/ }],
    ['bad arguments', { status: status(153) }, { reason: 'vmm-failed', detail: /firecracker_bin/ }],
    ['SIGXCPU', { status: status(154) }, { reason: 'vmm-failed', detail: /CPU time/ }],
    ['SIGHUP', { status: status(156) }, { reason: 'killed', detail: /SIGHUP/ }],
    ['SIGILL', { status: status(157) }, { reason: 'vmm-failed', detail: /SIGILL/ }],
    ['a status nobody knows', { status: status(77) }, { reason: 'vmm-failed', detail: 'Firecracker failed with status 77.' }],
    ['an end that nobody saw', {}, { reason: 'unknown' }],
    ['an unseen end after a reboot', { console: reboot }, { reason: 'guest-reboot' }],
    ['an unseen end after a panic', { console: panic }, { reason: 'guest-panic' }],
    ['an unseen end with a last word', { lastWord: 'no space' }, { reason: 'vmm-failed', detail: /no space$/ }],
  ])('from %s', (_, ending, expected) => {
    const { detail, ...rest } = expected as { detail?: RegExp | string }
    expect(exit(ending)).toMatchObject(rest)
    if (detail) expect(exit(ending).detail).toMatch(detail)
  })
})
