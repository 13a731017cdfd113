import type { Exit } from '@banger/core'

/** What is known about how a Firecracker process ended. */
export interface Ending {
  /** Status and signal, where the process was this daemon's child. */
  status?: { code: number | null; signal: string | null }
  /** Whether this daemon killed it. */
  killed: boolean
  /** Whether the guest had halted, and it was killed for that. */
  halted: boolean
  /** Whether this daemon pressed Ctrl+Alt+Del. */
  asked: boolean
  /** What the console showed last. */
  console: string
  /** The last error in Firecracker's log. */
  lastWord?: string
}

/**
 * Tells a person, and core, why a machine ended. On x86 a guest cannot power its Firecracker off, only reset it: a panic, a reboot and
 * an answer to Ctrl+Alt+Del all end with status 0, and the console tells them apart.
 */
export function describeExit(ending: Ending): Exit {
  const { status, killed, halted, lastWord } = ending
  if (halted) return { reason: 'guest-poweroff', detail: 'The guest powered itself off.' }
  if (killed && status?.code !== 0) return { reason: 'killed', detail: 'banger ended it.', signal: 'SIGKILL' }
  if (!status || status.code === 0) return fromConsole(ending)
  if (status.signal === 'SIGKILL' || status.signal === 'SIGTERM') {
    const detail = `Firecracker was ended by ${status.signal}, from outside banger or for lack of memory.`
    return { reason: 'killed', detail, signal: status.signal }
  }
  if (status.signal)
    return {
      reason: 'vmm-failed',
      detail: withWord(`Firecracker crashed with ${status.signal}`, lastWord),
      signal: status.signal,
    }
  const code = status.code ?? 0
  const what = codes[code] ?? `Firecracker failed with status ${code}`
  return { reason: code === 156 ? 'killed' : 'vmm-failed', detail: withWord(what, lastWord), code }
}

/** Firecracker's exit statuses (src/vmm/src/lib.rs, FcExitCode). */
const codes: Record<number, string> = {
  1: 'Firecracker failed',
  2: 'Firecracker failed for a reason of its own',
  148: 'Firecracker ended itself after a system call that its seccomp filter forbids',
  149: 'Firecracker crashed on memory that it could not use (SIGBUS); a disk image or the host may be out of space',
  150: 'Firecracker crashed (SIGSEGV)',
  151: 'Firecracker wrote a larger file than it may (SIGXFSZ)',
  152: 'Firecracker did not accept its configuration',
  153: 'Firecracker did not understand its command line; firecracker_bin may be of another version',
  154: 'Firecracker used up its CPU time (SIGXCPU)',
  155: 'Firecracker lost a pipe (SIGPIPE)',
  156: 'Firecracker was told to end (SIGHUP), from outside banger',
  157: 'Firecracker met an instruction that this CPU lacks (SIGILL)',
}

function fromConsole({ status, asked, console, lastWord }: Ending): Exit {
  const code = status?.code === 0 ? { code: 0 } : {}
  const panic = /Kernel panic - not syncing: ([^\r\n]*)/.exec(console)?.[1]
  if (panic !== undefined) return { reason: 'guest-panic', detail: `The guest's kernel panicked: ${panic}`, ...code }
  if (asked) return { reason: 'guest-poweroff', detail: 'The guest shut down when Ctrl+Alt+Del was pressed.', ...code }
  if (halt.test(console)) return { reason: 'guest-poweroff', detail: 'The guest powered itself off.', ...code }
  if (status || /reboot: Restarting system/.test(console))
    return { reason: 'guest-reboot', detail: 'The guest asked for a reboot.', ...code }
  if (lastWord) return { reason: 'vmm-failed', detail: withWord('Firecracker ended', lastWord) }
  return { reason: 'unknown', detail: 'Firecracker ended, and nobody saw why.' }
}

/** A kernel's last word when it has powered off, or halted because it cannot (kernel/reboot.c). Nothing comes after it. */
export const halt = /reboot: (?:Power down|[^\r\n]*System halted)\s*$/

function withWord(text: string, lastWord: string | undefined): string {
  return lastWord ? `${text}: ${lastWord}` : `${text}.`
}
