import type { GuestStats } from '../../guest/messages.ts'
import type { Engine, LiveVm } from '../../lifecycle/engine.ts'
import type { VmUsage } from '../../protocol/model.ts'

/**
 * Asks every running guest for its numbers, keeps them, and notes who is being used from outside.
 * @returns a function that does it once, and returns the ids of the VMs that answered
 */
export function pollStats(engine: Engine): () => Promise<Set<string>> {
  const before = new Map<string, GuestStats>()
  return async () => {
    const answered = new Set<string>()
    await Promise.all(
      [...engine.live].map(async ([id, live]) => {
        if (engine.store.vms.get(id)?.state !== 'running') return
        try {
          const [stats, used] = await Promise.all([live.agent.stats(), runsSessions(engine, live)])
          // It may have stopped meanwhile.
          if (engine.live.get(id) !== live) return
          if (used || sawTraffic(before.get(id), stats)) engine.activity.note(id)
          engine.usage.set(id, { ...engine.usage.get(id), guest: usageOf(before.get(id), stats) })
          before.set(id, stats)
          answered.add(id)
        } catch (error) {
          engine.host.log.debug({ vm: id, err: error }, 'a guest did not tell its numbers')
        }
      }),
    )
    for (const id of before.keys()) if (!engine.live.has(id)) before.delete(id)
    return answered
  }
}

/** Only asked for where it matters. */
async function runsSessions(engine: Engine, { agent }: LiveVm): Promise<boolean> {
  if (engine.config.auto_stop_stale_after === 0) return false
  return (await agent.sessions.list()).some(({ state }) => state === 'running')
}

/**
 * Whether somebody outside talks to the guest: has a connection to a program in it, or has had one since the look before. The
 * kernel counts the guest's connections with itself as accepted, too, so something must have come over the network as well.
 */
export function sawTraffic(before: GuestStats | undefined, now: GuestStats): boolean {
  // What is not known must stop no VM.
  if (!now.connections || now.connections.inbound > 0) return true
  if (!before?.connections || now.uptime < before.uptime) return false
  return now.connections.accepted > before.connections.accepted && now.network.received > before.network.received
}

function usageOf(before: GuestStats | undefined, now: GuestStats): VmUsage['guest'] {
  const ticks = before ? now.cpu.total - before.cpu.total : 0
  const cpus = before && ticks > 0 ? { cpus: (now.cpu.count * (now.cpu.busy - before.cpu.busy)) / ticks } : {}
  const used = ({ total, available }: { total: number; available: number }) => ({ used: total - available, total })
  return { at: Date.now(), ...cpus, memory: used(now.memory), disk: used(now.disk) }
}
