import type { PluginLimits } from '../../config/plugin-limits.ts'
import { settingsKeys } from '../../config/plugin-settings.ts'
import { callTap, type Tap } from '../../hooks/call-tap.ts'
import type { Host } from '../../hooks/host.ts'
import { type BangerHooks, createHooks } from '../../hooks/index.ts'
import type { BangerPlugin } from '../../hooks/plugin.ts'
import type { PluginAdditions } from '../../protocol/model.ts'
import type { Registries } from '../registries.ts'
import type { Bounded } from './bounded.ts'
import type { PluginGuard } from './plugin-guard.ts'
import { runAs } from './running-plugin.ts'
import { stageRegistrations } from './stage-registrations.ts'

export interface Daemon {
  hooks: BangerHooks
  registries: Registries
  host: Host
  limits: PluginLimits
}

/**
 * Has a plugin tap hooks of its own, and when all of that went well, adds what it tapped and registered to the daemon's, in the
 * plugin's name. When anything fails, nothing of it is added.
 * @throws plugin.duplicate, plugin.broken, plugin.hung, and whatever the plugin throws
 */
export async function applyPlugin(
  guard: PluginGuard,
  extension: BangerPlugin<unknown>,
  settings: unknown,
  { hooks, registries, host, limits }: Daemon,
  bounded: Bounded,
): Promise<PluginAdditions> {
  const own = createHooks()
  const seal = sealable(own)
  try {
    await bounded('was applied', () => extension.apply(own, named(host, guard.plugin), settings))
  } finally {
    seal()
  }
  const { names, register } = runAs(guard.plugin, () => stageRegistrations(guard, own, registries, limits))
  register()
  return { ...names, hooks: addTaps(guard, own, hooks, limits), settings: settingsKeys(guard.plugin, extension.settings) }
}

/** @returns what ends the time for tapping: a tap that comes later would never be called. */
function sealable(hooks: BangerHooks): () => void {
  let sealed = false
  const register = <T>(tap: T): T => {
    if (sealed) throw new Error('it taps a hook after its apply has returned')
    return tap
  }
  for (const hook of Object.values(hooks) as BangerHooks[keyof BangerHooks][]) hook.intercept({ register })
  return () => {
    sealed = true
  }
}

/** Its lines in the log carry the plugin's name. */
function named(host: Host, plugin: string): Host {
  const { log } = host
  return {
    ...host,
    log: {
      debug: (fields, message) => log.debug({ plugin, ...fields }, message),
      info: (fields, message) => log.info({ plugin, ...fields }, message),
      warn: (fields, message) => log.warn({ plugin, ...fields }, message),
      error: (fields, message) => log.error({ plugin, ...fields }, message),
    },
  }
}

/** @returns the names of the hooks that the plugin taps */
function addTaps(guard: PluginGuard, own: BangerHooks, hooks: BangerHooks, limits: PluginLimits): string[] {
  const { plugin } = guard
  const run = (task: string, limit: number) => (tap: Tap) => guardTap(guard, tap, task, limit)
  const provision = run('prepared the guest (hook provision)', limits.provision)
  const doctor = run('checked the host (hook doctor)', limits.doctor)
  const daemon = run('added to the daemon (hook daemon)', limits.load)
  for (const tap of own.provision.taps) hooks.provision.tapPromise({ ...options(tap), name: plugin }, provision(tap))
  for (const tap of own.doctor.taps) hooks.doctor.tapPromise({ ...options(tap), name: plugin }, doctor(tap))
  for (const tap of own.daemon.taps) hooks.daemon.tapPromise({ ...options(tap), name: plugin }, daemon(tap))
  for (const tap of own.events.taps)
    hooks.events.tap({ ...options(tap), name: plugin }, (event) =>
      hear(guard, `heard of ${event.type} (hook events)`, tap, event),
    )
  return (['daemon', 'doctor', 'events', 'provision'] as const).filter((name) => own[name].taps.length > 0)
}

/** What calls a tap through the guard. @param limit milliseconds */
export function guardTap(guard: PluginGuard, tap: Tap, task: string, limit: number): (argument: unknown) => Promise<void> {
  return (argument) => guard.call(task, () => callTap(tap, argument), { limit })
}

/** Nobody waits for a listener, and it spoils nothing for others: its failure is put down, and that is all. */
function hear(guard: PluginGuard, task: string, tap: Tap, event: unknown): void {
  try {
    const heard: unknown = guard.call(task, () => tap.fn(event))
    if (heard instanceof Promise) heard.catch(() => undefined)
  } catch {
    // Put down by the guard.
  }
}

/** How it was tapped (`stage`, `before`, `required`), without what tapable adds. */
function options<T extends Tap>({ type: _type, fn: _fn, ...rest }: T): Omit<T, 'type' | 'fn'> {
  return rest
}
