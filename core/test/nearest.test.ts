import { describe, expect, it } from 'vitest'
import { fail } from '../src/errors.ts'
import { nearest, suggesting } from '../src/nearest.ts'

describe('the name that was meant', () => {
  it.each([
    ['tetsbox', 'testbox'],
    ['Testbox', 'testbox'],
    ['testbxo', 'testbox'],
    ['deb', 'debian-bookworm'],
    ['rnu', 'run'],
  ])('of %s is %s', (word, name) => {
    expect(nearest(word, ['testbox', 'debian-bookworm', 'run', 'other'])).toBe(name)
  })

  it('is none when nothing is near, or several begin so', () => {
    expect(nearest('frobnicate', ['testbox', 'devbox'])).toBeUndefined()
    expect(nearest('box', ['box-one-of-many', 'box-two-of-many'])).toBeUndefined()
    expect(nearest('a', ['bc', 'b'])).toBeUndefined()
    expect(nearest('', ['a'])).toBeUndefined()
    expect(nearest('a', [])).toBeUndefined()
  })

  it('is told before the hint of the error', () => {
    const error = suggesting(fail('vm.not-found', { name: 'bxo' }), 'bxo', ['box'])
    expect(error.toJSON()).toEqual({
      code: 'vm.not-found',
      message: 'There is no VM named "bxo".',
      hint: 'Did you mean "box"? See what you have with: banger vm list',
    })
    expect(error.status).toBe(404)
    const unchanged = fail('vm.not-found', { name: 'x' })
    expect(suggesting(unchanged, 'frobnicate', ['box'])).toBe(unchanged)
  })
})
