import { describe, expect, it } from 'vitest'
import { CacheGate } from '../../src/lifecycle/cache-gate.ts'
import type { FoundImage } from '../../src/lifecycle/resolve-image.ts'

const found = (...cached: string[]): FoundImage => ({
  digest: 'd',
  name: 'n',
  ref: 'r',
  config: {},
  cached,
  async *layers() {},
})
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** A pull whose lookup and whose rest end when told to. */
function pullOf(gate: CacheGate, ...cached: string[]) {
  const lookup = Promise.withResolvers<FoundImage>()
  const rest = Promise.withResolvers<string>()
  const said: string[] = []
  const ended = gate.pull(
    () => {
      said.push('lookup')
      return lookup.promise
    },
    () => {
      said.push('rest')
      return rest.promise
    },
  )
  return { ended, said, find: () => lookup.resolve(found(...cached)), fail: lookup.reject, end: () => rest.resolve('done') }
}

describe('a prune of the cache', () => {
  it('knows what the pulls under way need, until they end', async () => {
    const gate = new CacheGate()
    const [one, two] = [pullOf(gate, '/a', '/b'), pullOf(gate, '/b', '/c')]
    one.find()
    two.find()
    await tick()
    expect((await gate.prune(async (needed) => needed)).toSorted()).toEqual(['/a', '/b', '/b', '/c'])
    one.end()
    expect(await one.ended).toBe('done')
    expect(await gate.prune(async (needed) => needed)).toEqual(['/b', '/c'])
    two.end()
    await two.ended
    expect(await gate.prune(async (needed) => needed)).toEqual([])
  })

  it('waits for lookups, since what they need is not known yet', async () => {
    const gate = new CacheGate()
    const pull = pullOf(gate, '/a')
    const pruned = gate.prune(async (needed) => needed)
    await tick()
    pull.find()
    expect(await pruned).toEqual(['/a'])
    pull.end()
    await pull.ended
  })

  it('is not kept from its work by a lookup that fails', async () => {
    const gate = new CacheGate()
    const pull = pullOf(gate)
    const refused = expect(pull.ended).rejects.toThrow('no such image')
    const pruned = gate.prune(async (needed) => needed)
    pull.fail(new Error('no such image'))
    await refused
    expect(await pruned).toEqual([])
  })

  it('lets no lookup begin while it is at work, and no other prune', async () => {
    const gate = new CacheGate()
    const work = Promise.withResolvers<void>()
    const first = gate.prune(() => work.promise)
    const pull = pullOf(gate)
    let began = false
    const second = gate.prune(async () => (began = true))
    await tick()
    expect([pull.said, began]).toEqual([[], false])
    work.resolve()
    await first
    pull.find()
    pull.end()
    expect([await second, await pull.ended]).toEqual([true, 'done'])
  })

  it('gives up on a lookup that takes too long, and does nothing then', async () => {
    const gate = new CacheGate(20)
    const pull = pullOf(gate)
    let worked = false
    await expect(gate.prune(async () => (worked = true))).rejects.toMatchObject({ code: 'vm.busy' })
    expect(worked).toBe(false)
    pull.find()
    pull.end()
    await pull.ended
    await gate.prune(async () => (worked = true))
    expect(worked).toBe(true)
  })

  it('that fails leaves the way free', async () => {
    const gate = new CacheGate()
    await expect(gate.prune(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    const pull = pullOf(gate)
    pull.find()
    pull.end()
    expect(await pull.ended).toBe('done')
  })
})
