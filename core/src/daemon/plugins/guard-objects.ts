import type { Readable } from 'node:stream'
import type { PluginLimits } from '../../config/plugin-limits.ts'
import { toBangerError } from '../../errors.ts'
import type { Distro, OsRelease } from '../../hooks/distro.ts'
import type { ImageSource, ResolvedImage } from '../../hooks/image-source.ts'
import type { KernelSource } from '../../hooks/kernel-source.ts'
import type { NetworkDriver } from '../../hooks/network.ts'
import type { Exit, Machine, Probe, VmmDriver } from '../../hooks/vmm.ts'
import type { PluginGuard } from './plugin-guard.ts'
import { runAs } from './running-plugin.ts'

interface Guarding<T> {
  /** For how long a method may take, milliseconds. */
  limits?: Partial<Record<keyof T, number>>
  /** What is given in place of what a method returns. */
  results?: { [K in keyof T]?: (value: never) => unknown }
  /** What is given in place of a property. */
  properties?: Partial<T>
}

/** What plugins register, so that whatever throws or rejects besides errors of the catalogue names its plugin. */
export const guardObject = {
  vmms: (guard: PluginGuard, driver: VmmDriver, { load, provision }: PluginLimits): VmmDriver => {
    const machine = (value: Machine | undefined) => value && guardMachine(guard, value, driver.name)
    const what = `VMM ${driver.name}`
    return guarded(guard, driver, what, {
      limits: { adopt: load, sweep: provision },
      results: { start: machine, adopt: machine },
      properties: { probe: probeOf(guard, driver, what, load) },
    })
  },
  networks: (guard: PluginGuard, driver: NetworkDriver, { load, provision }: PluginLimits): NetworkDriver => {
    const what = `network ${driver.name}`
    const properties = { probe: probeOf(guard, driver, what, load) }
    return guarded(guard, driver, what, { limits: { reconcile: provision }, properties })
  },
  imageSources: (guard: PluginGuard, source: ImageSource): ImageSource =>
    guarded(guard, source, `image source ${source.scheme}`, {
      results: { resolve: (image: ResolvedImage | undefined) => image && guardImage(guard, image, source.scheme) },
    }),
  kernelSources: (guard: PluginGuard, source: KernelSource): KernelSource =>
    guarded(guard, source, `kernel source ${source.name}`, {}),
  distros: (guard: PluginGuard, distro: Distro): Distro => {
    const what = `distro ${distro.id}`
    // One that fails is none for this guest: other distros still get asked.
    const matches = (os: OsRelease): boolean => {
      try {
        return guard.call(`ran matches of its ${what}`, () => distro.matches(os))
      } catch {
        return false
      }
    }
    return guarded(guard, distro, what, { properties: { matches, packages: guarded(guard, distro.packages, what, {}) } })
  },
}

/** A driver whose probe fails is one that does not work here. */
function probeOf<P extends Probe>(guard: PluginGuard, driver: { probe(): Promise<P> }, what: string, limit: number) {
  return async (): Promise<P | Pick<Probe, 'usable' | 'detail' | 'advice'>> => {
    try {
      return await guard.call(`ran probe of its ${what}`, () => driver.probe(), { limit })
    } catch (error) {
      const { message, hint } = toBangerError(error)
      return { usable: false, detail: message, ...(hint ? { advice: hint } : {}) }
    }
  }
}

function guardMachine(guard: PluginGuard, machine: Machine, vmm: string): Machine {
  const what = `machine of the VMM ${vmm}`
  const unknown = (error: unknown): Exit => ({ reason: 'unknown', detail: guard.report(`watched a ${what}`, error).message })
  const properties: Partial<Machine> = {
    exited: machine.exited.then((exit) => exit, unknown),
    // That the agent does not answer yet is no failure, whatever is thrown then.
    connect: (signal) => runAs(guard.plugin, () => machine.connect(signal)),
  }
  return guarded(guard, machine, what, { properties })
}

function guardImage(guard: PluginGuard, image: ResolvedImage, scheme: string): ResolvedImage {
  const layers = (all: AsyncIterable<Readable>) => guardIterable(guard, all, `gave the layers of the image source ${scheme}`)
  return guarded(guard, image, `image of the source ${scheme}`, { results: { layers } })
}

async function* guardIterable<T>(guard: PluginGuard, all: AsyncIterable<T>, task: string): AsyncIterable<T> {
  const call = <R>(code: () => R): R => guard.call(task, code, { answers: true })
  const iterator = call(() => all[Symbol.asyncIterator]())
  let done = false
  try {
    for (;;) {
      const next = await call(() => iterator.next())
      if (next.done) {
        done = true
        return
      }
      yield next.value
    }
  } finally {
    if (!done) await call(() => iterator.return?.())
  }
}

/** The object with each of its methods called through the guard. Behind it the methods find their object as it is. */
function guarded<T extends object>(guard: PluginGuard, object: T, what: string, guarding: Guarding<T>): T {
  const wrapped = new Map<unknown, unknown>()
  const { limits, results, properties } = guarding as Guarding<Record<PropertyKey, unknown>>
  const wrap = (key: string, method: (...args: unknown[]) => unknown) => {
    const limit = limits?.[key]
    const result = results?.[key] as ((value: unknown) => unknown) | undefined
    const call = (...args: unknown[]): unknown => {
      const value = method.apply(object, args)
      if (!result) return value
      return value instanceof Promise ? value.then(result) : result(value)
    }
    return (...args: unknown[]): unknown =>
      guard.call(`ran ${key} of its ${what}`, () => call(...args), { answers: true, ...(limit === undefined ? {} : { limit }) })
  }
  // Over an empty object, since a proxy of a frozen one could not give anything else for its properties.
  return new Proxy({} as T, {
    has: (_, key) => key in object,
    set: (_, key, value) => Reflect.set(object, key, value),
    ownKeys: () => Reflect.ownKeys(object),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key)
      return descriptor && { ...descriptor, configurable: true }
    },
    get: (_, key) => {
      if (properties && key in properties) return properties[key]
      const value: unknown = Reflect.get(object, key)
      if (typeof value !== 'function' || typeof key === 'symbol') return value
      if (!wrapped.has(value)) wrapped.set(value, wrap(key, value as (...args: unknown[]) => unknown))
      return wrapped.get(value)
    },
  })
}
