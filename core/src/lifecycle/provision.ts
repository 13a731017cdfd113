import { toBangerError } from '../errors.ts'
import { untilAborted } from '../guest/until-aborted.ts'
import { callTap, type Tap } from '../hooks/call-tap.ts'
import type { GuestConfig, ProvisionContext, ProvisionTapOptions } from '../hooks/provision.ts'

export interface Provisioned {
  guest: GuestConfig
  /** What did not work, for `vm show`. */
  warnings: string[]
}

/**
 * Runs the provision taps one after the other. Each has a copy of the configuration, which counts when the tap is done: one that
 * fails or hangs (its guard names it, and ends it) adds nothing, and there is a warning in its place.
 * @throws plugin.failed, plugin.hung when a required tap fails, the signal's reason
 */
export async function provision(
  taps: readonly (Tap & ProvisionTapOptions)[],
  context: Omit<ProvisionContext, 'warn'>,
  signal: AbortSignal,
): Promise<Provisioned> {
  const warnings: string[] = []
  let { guest } = context
  for (const tap of taps) {
    const own: ProvisionContext = { ...context, guest: structuredClone(guest), warn: (message) => void warnings.push(message) }
    try {
      await untilAborted(callTap(tap, own), signal)
      guest = own.guest
    } catch (error) {
      signal.throwIfAborted()
      if (tap.required) throw error
      const { message, hint = '' } = toBangerError(error)
      warnings.push(`${message} What it adds is missing in this VM. ${hint}`.trim())
    }
  }
  return { guest, warnings }
}
