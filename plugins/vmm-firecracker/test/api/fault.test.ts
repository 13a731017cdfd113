import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOf } from '../../src/api/fault.ts'

test('a success is no fault', () => {
  expect(faultOf({ status: 204, text: '' })).toBeUndefined()
  expect(faultOf({ status: 200, text: '{"fault_message":"in a value"}' })).toBeUndefined()
})

test('the words of a refusal are taken out of what Firecracker and its HTTP server answer', () => {
  expect(faultOf({ status: 400, text: '{"fault_message":"Empty PUT request."}' })).toBe('Empty PUT request.')
  expect(faultOf({ status: 503, text: '{ "error": "Too many open connections" }' })).toBe('Too many open connections')
})

test('an error with a raw line feed, which is no JSON, is read all the same', () => {
  const text = '{ "error": "Invalid request.\nAll previous unanswered requests will be dropped." }'
  expect(faultOf({ status: 400, text })).toBe('Invalid request. All previous unanswered requests will be dropped.')
  expect(faultOf({ status: 400, text: '{ "error": "cut sho' })).toBe('cut sho')
})

test('a refusal without words is told by its status', () => {
  expect(faultOf({ status: 500, text: '' })).toBe('status 500')
  expect(faultOf({ status: 500, text: 'oops' })).toBe('status 500: oops')
  expect(faultOf({ status: 400, text: '{"fault_message":""}' })).toMatch(/^status 400/)
})

test('any answer is a fault or none, never a failure', () => {
  fc.assert(
    fc.property(fc.nat(999), fc.string({ unit: 'binary' }), (status, text) => {
      const fault = faultOf({ status, text })
      expect(fault === undefined).toBe(status >= 200 && status < 300)
      expect(fault).not.toBe('')
    }),
  )
})

test('whatever the words are, they come out as they went in', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (message) => {
      expect(faultOf({ status: 400, text: JSON.stringify({ fault_message: message }) })).toBe(message)
    }),
  )
})
