import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnv } from '../../../src/client/input/env.ts'

describe('parseEnv', () => {
  it('reads KEY=value, the value being all that follows, and hands on KEY', () => {
    expect(parseEnv(['A=1', 'B=x=y\n z', 'C=', 'OWN', 'NONE'], { OWN: 'mine' })).toEqual({
      A: '1',
      B: 'x=y\n z',
      C: '',
      OWN: 'mine',
    })
  })

  it('refuses a word without a name', () => {
    for (const word of ['', '=', '=x', 'A=\0'])
      expect(() => parseEnv([word], {}), JSON.stringify(word)).toThrow('is no environment variable')
  })

  it('reads back every pair', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => !/[=\0]/.test(text) && text !== '__proto__')
    const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(key, value, (name, content) => {
        expect(parseEnv([`${name}=${content}`], {})).toEqual({ [name]: content })
      }),
    )
  })
})
