import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageEnvironment, imageFolder } from '../../src/lifecycle/image-environment.ts'

describe('the environment of an image', () => {
  it('has every KEY=value, whatever the value holds, and of two the later', () => {
    expect(imageEnvironment(['A=1', 'B=x=y', 'C=', 'D=one\ntwo', 'A=2'])).toEqual({ A: '2', B: 'x=y', C: '', D: 'one\ntwo' })
  })

  it('leaves out what is no variable, and what belongs to the account or the terminal', () => {
    expect(imageEnvironment(['NOTHING', '', '=x', 'HOME=/app', 'USER=app', 'SHELL=/bin/false', 'TERM=dumb', 'PWD=/'])).toEqual({})
  })

  it('is made of anything', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        for (const [name, value] of Object.entries(imageEnvironment(lines))) expect(lines).toContain(`${name}=${value}`)
      }),
    )
  })
})

describe('the folder of an image', () => {
  it('is absolute, or none', () => {
    expect([undefined, '', '/srv', 'srv/app'].map(imageFolder)).toEqual([undefined, undefined, '/srv', '/srv/app'])
  })
})
