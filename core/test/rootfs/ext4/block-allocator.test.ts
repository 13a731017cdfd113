import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockAllocator } from '../../../src/rootfs/ext4/block-allocator.ts'

test('never gives out a block twice, and gives all back that it got', () => {
  const step = fc.record({ take: fc.boolean(), count: fc.integer({ min: 1, max: 20 }), which: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const allocator = new BlockAllocator()
      const first = allocator.next
      const held: { start: number; count: number }[] = []
      for (const { take, count, which } of steps) {
        if (take) held.push({ start: allocator.allocate(count), count })
        else for (const run of held.splice(which % (held.length || 1), 1)) allocator.release(run.start, run.count)
      }
      const blocks = held.flatMap(({ start, count }) => Array.from({ length: count }, (_, index) => start + index))
      expect(new Set(blocks).size).toBe(blocks.length)
      for (const { start, count } of held) allocator.release(start, count)
      expect(allocator.free).toEqual(allocator.next === first ? [] : [{ start: first, count: allocator.next - first }])
    }),
  )
})

test('refuses more than its limit', () => {
  expect(() => new BlockAllocator(262_144).allocate(262_144)).toThrow('1 GiB')
})
