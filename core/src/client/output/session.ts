import type { Session } from '../../protocol/session.ts'
import { shellQuote } from '../ssh/shell-quote.ts'

/** `running`, `ended (3)`, `ended (SIGKILL)`, `ended (status unknown)`. */
export function formatState({ state, exit }: Session): string {
  if (state === 'running') return state
  return `${state} (${exit ? (exit.signal ?? exit.code) : 'status unknown'})`
}

/** One line about a session that something was done with. */
export function describeSession(session: Session): string {
  return `${session.name} in ${session.vm} is ${formatState(session)}`
}

/** Its command as one would type it. */
export function formatArgv(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ')
}

/** Who is attached, or undefined. */
export function formatHolder({ attached }: Session): string | undefined {
  if (!attached) return undefined
  return `pid ${attached.pid} (${attached.command})${attached.connected ? '' : ', connection broken'}`
}
