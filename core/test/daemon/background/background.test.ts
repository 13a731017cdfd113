import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pollMetrics } from '../../../src/daemon/background/poll-metrics.ts'
import { sawTraffic } from '../../../src/daemon/background/poll-stats.ts'
import { stopStaleVms } from '../../../src/daemon/background/stop-stale-vms.ts'
import type { GuestStats } from '../../../src/guest/messages.ts'
import type { BangerEvent } from '../../../src/hooks/events.ts'
import { createVm } from '../../../src/lifecycle/create-vm.ts'
import { type FakeEngine, fakeEngine } from '../../lifecycle/fake-engine.ts'

function stats(fields: { inbound?: number; accepted?: number; received?: number; uptime?: number }): GuestStats {
  const { inbound = 0, accepted = 5, received = 1000, uptime = 10 } = fields
  const usage = { total: 10, available: 5 }
  return {
    uptime,
    load: [0, 0, 0],
    memory: usage,
    disk: usage,
    cpu: { busy: 0, total: 0, count: 1 },
    network: { received, sent: 0 },
    connections: { inbound, accepted },
  }
}

describe('somebody outside talks to a guest', () => {
  const before = stats({})
  it.each([
    ['when it has a connection', undefined, stats({ inbound: 1 }), true],
    ['when it had one since', before, stats({ accepted: 6, received: 2000 }), true],
    ['not when it talks to itself', before, stats({ accepted: 9 }), false],
    ['not when something merely came over the network', before, stats({ received: 9000 }), false],
    ['when its agent cannot tell', before, { ...stats({}), connections: undefined } as unknown as GuestStats, true],
    ['not at the first look', undefined, stats({ accepted: 6, received: 2000 }), false],
    ['not when it has started anew', stats({ uptime: 99, accepted: 1 }), stats({ accepted: 6, received: 2000 }), false],
  ])('%s', (_, earlier, now, expected) => {
    expect(sawTraffic(earlier, now)).toBe(expected)
  })
})

describe('the background', () => {
  let engine: FakeEngine
  const heard: BangerEvent[] = []
  const live = { signal: new AbortController().signal, progress: () => undefined }
  beforeEach(async () => {
    engine = await fakeEngine()
    heard.length = 0
    engine.hooks.events.tap('test', (event) => void heard.push(event))
    engine.config = { ...engine.config, auto_stop_stale_after: 1000 }
  })
  afterEach(() => engine.close())

  const longIdle = (id: string) => {
    engine.activity.forget(id)
    Object.assign(engine, { activity: Object.assign(engine.activity, { idleSince: () => Date.now() - 2000 }) })
  }
  const stopped = (id: string) => () => engine.store.vms.get(id)?.state

  it('stops a VM that nobody has used for that long, and says why in its row and in an event', async () => {
    const { id } = await createVm(engine, { name: 'box' }, live)
    longIdle(id)
    stopStaleVms(engine, new Set([id]))
    await expect.poll(stopped(id)).toBe('stopped')
    const because = 'Nobody used it for 1s (auto_stop_stale_after).'
    expect(engine.store.vms.get(id)?.exit).toEqual({ reason: 'stale', detail: because })
    expect(heard.at(-1)).toMatchObject({ type: 'vm.stopped', reason: because })
  })

  it('leaves alone a VM that is used, one whose guest did not answer, and all of them when it is turned off', async () => {
    const { id } = await createVm(engine, { name: 'box' }, live)
    const end = engine.activity.begin(id, 'exec')
    stopStaleVms(engine, new Set([id]))
    end()
    stopStaleVms(engine, new Set([id]))
    longIdle(id)
    stopStaleVms(engine, new Set())
    engine.config = { ...engine.config, auto_stop_stale_after: 0 }
    stopStaleVms(engine, new Set([id]))
    expect(engine.locks.verb(id)).toBeUndefined()
    expect(stopped(id)()).toBe('running')
  })

  it('reads what a VM takes of this host, and forgets it when it stops', async () => {
    const { id } = await createVm(engine, { name: 'box' }, live)
    const look = pollMetrics(engine)
    await look()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await look()
    expect(engine.usage.get(id)?.host).toMatchObject({
      memory: expect.any(Number),
      disk: expect.any(Number),
      cpus: expect.any(Number),
    })
    engine.machines.get(id)?.powerOff({ reason: 'guest-poweroff', detail: 'It powered itself off.' })
    await expect.poll(stopped(id)).toBe('stopped')
    expect(engine.usage.get(id)).toBeUndefined()
  })
})
