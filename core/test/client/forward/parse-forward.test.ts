import { expect, test } from 'vitest'
import { parseForward } from '../../../src/client/forward/parse-forward.ts'

test.each([
  ['3000', ['127.0.0.1', 3000, 3000]],
  [':3000', ['127.0.0.1', 0, 3000]],
  ['0:3000', ['127.0.0.1', 0, 3000]],
  ['8080:3000', ['127.0.0.1', 8080, 3000]],
  ['0.0.0.0:8080:3000', ['0.0.0.0', 8080, 3000]],
  ['[::1]:8080:3000', ['::1', 8080, 3000]],
])('%s is %j', (text, [hostAddress, hostPort, guestPort]) => {
  expect(parseForward(text)).toEqual({ hostAddress, hostPort, guestPort })
})

test.each(['', 'http', '0', '70000', '8080:0', 'localhost:1:2', '1:2:3'])('"%s" is no port to forward', (text) => {
  expect(() => parseForward(text)).toThrow(expect.objectContaining({ code: 'usage' }))
})
