import { fail, toBangerError } from '@banger/core'
import { type Link, ownTaps, readLinks } from './links.ts'
import { tapIndex, tapName } from './names.ts'
import type { Tools } from './tools.ts'

/** Taps that are ready to be plugged into VMs. */
export interface TapPool {
  /**
   * A ready one at once, or else one that is made now.
   * @param owner number of the user that will open it; those that are ready are for the user that this process runs as
   * @throws network.no-tap
   */
  take(owner?: number): Promise<string>
  /** Removes one that a VM had. */
  remove(device: string): Promise<void>
  /** Makes taps in the background until enough are ready. */
  refill(): void
  /**
   * Looks at what is there, from an earlier daemon too: mends the taps that VMs have, keeps others that are as they should be
   * as ready ones, and removes the rest.
   */
  restore(used: Set<string>): Promise<void>
  /** Makes no more; resolves when none is being made. */
  close(): Promise<void>
}

export function createTapPool(tools: Tools): TapPool {
  const { host, settings, names, commands, run } = tools
  /** Every index that has a tap, or will have one. */
  const indices = new Set<number>()
  const ready: string[] = []
  let filling: Promise<void> | undefined
  let closed = false

  async function make(owner?: number): Promise<string> {
    let index = 0
    while (indices.has(index)) index++
    indices.add(index)
    const device = tapName(names, index)
    try {
      await run(commands.addTap(device, owner))
      await plug(device)
      return device
    } catch (error) {
      await run(commands.deleteTap(device)).catch(() => undefined)
      indices.delete(index)
      throw fail('network.no-tap', { bridge: settings.bridge, reason: toBangerError(error).message }, error)
    }
  }

  async function plug(device: string): Promise<void> {
    await run(commands.plugTap(device))
    await run(commands.raiseTap(device))
  }

  function isRight({ up, master, isolated }: Link): boolean {
    return up && master === settings.bridge && isolated === settings.isolate
  }

  async function fill(): Promise<void> {
    try {
      while (!closed && ready.length < settings.poolSize) ready.push(await make())
    } catch (error) {
      host.log.warn({ err: error }, 'the pool of taps is not full')
    }
  }

  async function remove(device: string): Promise<void> {
    try {
      await run(commands.deleteTap(device))
    } catch (error) {
      if ((await readLinks(host)).some((link) => link.name === device)) throw error
    }
    const index = tapIndex(names, device)
    if (index !== undefined) indices.delete(index)
  }

  return {
    take: async (owner) => (owner === undefined ? ready.shift() : undefined) ?? make(owner),
    remove,
    refill() {
      filling ??= fill().finally(() => {
        filling = undefined
      })
    },
    async restore(used) {
      await filling
      const taps = ownTaps(names, await readLinks(host))
      indices.clear()
      ready.length = 0
      for (const { name } of taps) indices.add(tapIndex(names, name) ?? 0)
      for (const tap of taps) {
        const right = isRight(tap)
        if (used.has(tap.name)) await (right ? undefined : plug(tap.name))
        else if (right && ready.length < settings.poolSize) ready.push(tap.name)
        else await remove(tap.name)
      }
    },
    async close() {
      closed = true
      await filling
    },
  }
}
