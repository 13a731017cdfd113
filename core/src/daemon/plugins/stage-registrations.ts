import type { PluginLimits } from '../../config/plugin-limits.ts'
import { fail } from '../../errors.ts'
import type { BangerHooks } from '../../hooks/index.ts'
import { Registry } from '../../hooks/registry.ts'
import type { PluginAdditions } from '../../protocol/model.ts'
import type { Registries } from '../registries.ts'
import { guardObject } from './guard-objects.ts'
import type { PluginGuard } from './plugin-guard.ts'

type Seam = keyof Registries

interface Staged {
  /** What the plugin registers, by seam. */
  names: Pick<PluginAdditions, Seam>
  /** Adds it to the registries. */
  register(): void
}

/**
 * Lets a plugin register, aside.
 * @throws plugin.duplicate, plugin.broken, and whatever the plugin throws
 */
export function stageRegistrations(guard: PluginGuard, own: BangerHooks, registries: Registries, limits: PluginLimits): Staged {
  const stage = <S extends Seam>(seam: S) => stageSeam(guard, seam, own, registries, limits)
  const staged = {
    vmms: stage('vmms'),
    networks: stage('networks'),
    imageSources: stage('imageSources'),
    kernelSources: stage('kernelSources'),
    distros: stage('distros'),
  }
  const names = Object.fromEntries(Object.entries(staged).map(([seam, { names: list }]) => [seam, list])) as Staged['names']
  const register = (): void => {
    for (const seam of Object.values(staged)) seam.register()
  }
  return { names, register }
}

function stageSeam<S extends Seam>(guard: PluginGuard, seam: S, own: BangerHooks, registries: Registries, limits: PluginLimits) {
  type Value = Registries[S] extends Registry<infer T> ? T : never
  const registry = registries[seam] as unknown as Registry<Value>
  const wrap = guardObject[seam] as unknown as (guard: PluginGuard, value: Value, limits: PluginLimits) => Value
  const aside = new Aside(guard.plugin, registry)
  for (const tap of own[seam].taps) tap.fn(aside)
  const values = aside.added.map((value) => wrap(guard, value, limits))
  return {
    names: aside.added.map((value) => registry.nameOf(value)).sort(),
    register: (): void => {
      for (const value of values) registry.add(guard.plugin, value)
    },
  }
}

/** Shows a plugin what is registered, and takes what it adds, in its name whatever it gives for one. */
class Aside<T> extends Registry<T> {
  readonly added: T[] = []
  readonly #plugin: string

  constructor(plugin: string, registry: Registry<T>) {
    super(registry.kind, registry.nameOf)
    this.#plugin = plugin
    for (const { name, plugin: owner } of registry.owners()) super.add(owner, registry.require(name))
  }

  override add(_plugin: string, value: T): void {
    const name: unknown = this.nameOf(value)
    if (typeof name !== 'string' || name === '')
      throw fail('plugin.broken', { plugin: this.#plugin, reason: `it registers a ${this.kind} without a name` })
    super.add(this.#plugin, value)
    this.added.push(value)
  }
}
