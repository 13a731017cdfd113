import type { Exit } from '@banger/core'

/** What is known about how a QEMU process ended. */
export interface Ending {
  /** `reason` of QEMU's last SHUTDOWN event (its enum ShutdownCause), where one was seen. */
  cause?: string
  /** Whether this daemon killed it. */
  killed: boolean
  /** Status and signal, where the process was this daemon's child. */
  status?: { code: number | null; signal: string | null }
  /** What the console showed last. */
  console: string
  /** Last line of QEMU's own log. */
  lastWord?: string
}

/** Tells a person, and core, why a machine ended. */
export function describeExit({ cause, killed, status, console, lastWord }: Ending): Exit {
  const panic = /Kernel panic - not syncing: ([^\r\n]*)/.exec(console)?.[1]
  if (cause === 'guest-panic' || (panic !== undefined && cause !== 'guest-shutdown' && !killed)) {
    return { reason: 'guest-panic', detail: panic ? `The guest's kernel panicked: ${panic}` : "The guest's kernel panicked." }
  }
  if (cause === 'guest-shutdown') return { reason: 'guest-poweroff', detail: 'The guest powered itself off.' }
  if (cause === 'guest-reset') return { reason: 'guest-reboot', detail: 'The guest asked for a reboot.' }
  if (killed) return { reason: 'killed', detail: 'banger ended it.', signal: 'SIGKILL' }
  if (cause?.startsWith('host-')) return { reason: 'killed', detail: 'QEMU was told to end from outside banger.' }
  if (status?.signal === 'SIGKILL' || status?.signal === 'SIGTERM') {
    const detail = `QEMU was ended by ${status.signal}, from outside banger or for lack of memory.`
    return { reason: 'killed', detail, signal: status.signal }
  }
  if (status?.signal)
    return { reason: 'vmm-failed', detail: withWord(`QEMU crashed with ${status.signal}`, lastWord), signal: status.signal }
  if (status?.code)
    return { reason: 'vmm-failed', detail: withWord(`QEMU failed with status ${status.code}`, lastWord), code: status.code }
  if (lastWord) return { reason: 'vmm-failed', detail: withWord('QEMU ended', lastWord) }
  return { reason: 'unknown', detail: 'QEMU ended, and nobody saw why.' }
}

function withWord(text: string, lastWord: string | undefined): string {
  return lastWord ? `${text}: ${lastWord}` : `${text}.`
}
