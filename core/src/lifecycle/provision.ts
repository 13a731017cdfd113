import { fail, isError, toBangerError } from '../errors.ts'
import { untilAborted } from '../guest/until-aborted.ts'
import { callTap, type Tap } from '../hooks/call-tap.ts'
import type { Log } from '../hooks/host.ts'
import type { GuestConfig, ProvisionContext, ProvisionTapOptions } from '../hooks/provision.ts'

export interface Provisioned {
  guest: GuestConfig
  /** What did not work, for `vm show`. */
  warnings: string[]
}

/** Milliseconds that a tap may take. */
const patience = 30_000

/**
 * Runs the provision taps one after the other. Each has a copy of the configuration, which counts when the tap is done: one that
 * fails or hangs adds nothing, and is named in a warning.
 * @throws plugin.failed when a required tap fails, the signal's reason
 */
export async function provision(
  taps: readonly (Tap & ProvisionTapOptions)[],
  context: Omit<ProvisionContext, 'warn'>,
  options: { log: Log; signal: AbortSignal; patience?: number },
): Promise<Provisioned> {
  const warnings: string[] = []
  let { guest } = context
  for (const tap of taps) {
    const own: ProvisionContext = { ...context, guest: structuredClone(guest), warn: (message) => void warnings.push(message) }
    try {
      await untilAborted(callTap(tap, own), AbortSignal.any([options.signal, AbortSignal.timeout(options.patience ?? patience)]))
      guest = own.guest
    } catch (error) {
      options.signal.throwIfAborted()
      options.log.error({ plugin: tap.name, err: error }, 'a plugin failed while it prepared a guest')
      const failure = failed(tap.name, error)
      if (tap.required) throw failure
      warnings.push(`${failure.message} What it adds is missing in this VM. ${failure.hint}`)
    }
  }
  return { guest, warnings }
}

function failed(plugin: string, error: unknown) {
  const reason = isTimeout(error) ? 'it took too long.' : error instanceof Error ? error.message : String(error)
  const advice = (isError(error) && toBangerError(error).hint) || "The daemon's log says more: banger daemon status names it."
  return fail('plugin.failed', { plugin, task: 'prepared the guest', reason, advice }, error)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}
