import { describe, expect, test } from 'vitest'
import { vmmChecks } from '../src/checks.ts'
import { broken } from './broken.ts'

const check = (breaks: string, which?: RegExp) =>
  broken(
    vmmChecks({
      name: 'sample',
      extend: new URL('fixtures/sample-vmm.ts', import.meta.url),
      settings: { 'sample-vmm': { breaks } },
    }),
    which,
  )

describe('the checks of a VMM', () => {
  test('find nothing wrong with one that keeps its promises', async () => {
    expect(await check('nothing')).toEqual([])
  })

  test.each<[breaks: string, sentence: RegExp, message: RegExp]>([
    ['probe', /whether it can be used/, /no advice/],
    ['state', /tells its state/, /was not told/],
    ['console', /console/, /held before is gone/],
    ['reason', /ended from outside/, /reason given is unknown/],
    ['pause', /pauses and resumes/, /features/],
    ['discard', /cannot start/, /run on when it could not start/],
    ['adopt', /^adopts a machine/, /not adopted/],
    ['sweep', /^sweeps/, /run on/],
  ])('find a broken %s', async (breaks, sentence, message) => {
    expect(await check(breaks, sentence)).toMatchObject([{ message: expect.stringMatching(message) }])
  })
})
