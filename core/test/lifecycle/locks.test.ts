import { describe, expect, it } from 'vitest'
import { Locks } from '../../src/lifecycle/locks.ts'

const tick = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

describe('locks', () => {
  it('run verbs of one VM one after the other and of two VMs side by side', async () => {
    const locks = new Locks()
    const order: string[] = []
    const work = (name: string) => async () => {
      order.push(`${name} begins`)
      await tick(20)
      order.push(`${name} ends`)
    }
    await Promise.all([
      locks.hold('a', 'a', 'first', work('first')),
      locks.hold('a', 'a', 'second', work('second')),
      locks.hold('b', 'b', 'other', work('other')),
    ])
    expect(order.indexOf('second begins')).toBeGreaterThan(order.indexOf('first ends'))
    expect(order.indexOf('other begins')).toBeLessThan(order.indexOf('first ends'))
  })

  it('say which verb is under way when the wait is too long', async () => {
    const locks = new Locks(10)
    const slow = locks.hold('a', 'box', 'start', () => tick(100))
    await expect(locks.hold('a', 'box', 'stop', () => tick(0))).rejects.toMatchObject({
      code: 'vm.busy',
      message: expect.stringContaining('start is under way'),
    })
    await slow
  })

  it('let a stronger verb interrupt the one under way', async () => {
    const locks = new Locks()
    const slow = locks.hold(
      'a',
      'box',
      'start',
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    )
    const refused = expect(slow).rejects.toMatchObject({ code: 'aborted' })
    await locks.hold('a', 'box', 'kill', () => tick(0), { interrupt: true })
    await refused
  })

  it('are free again after a verb has failed', async () => {
    const locks = new Locks()
    await expect(locks.hold('a', 'a', 'bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(locks.hold('a', 'a', 'good', async () => 'yes')).resolves.toBe('yes')
  })
})
