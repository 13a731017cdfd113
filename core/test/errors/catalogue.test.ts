import { expect, test } from 'vitest'
import { catalogue, topics } from '../../src/errors/catalogue.ts'

test('the catalogue has every error of every topic, and no code is in two of them', () => {
  const codes = Object.values(topics).flatMap((errors) => Object.keys(errors))
  expect(Object.keys(catalogue).sort()).toEqual(codes.sort())
})

test('every error says what is wrong in a sentence and what to do next', () => {
  for (const [code, { message, hint }] of Object.entries(catalogue)) {
    expect(message, code).toMatch(/[.}]$/)
    expect(hint, code).not.toBe('')
  }
})
