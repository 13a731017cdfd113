import { expect, test } from 'vitest'
import { parsePlace } from '../../../src/client/copy/place.ts'

test.each([
  ['-', { stream: true, path: '-' }],
  ['box:/srv/x', { vm: 'box', stream: false, path: '/srv/x' }],
  ['box:x/', { vm: 'box', stream: false, path: '/root/x/' }],
  ['box:a:b', { vm: 'box', stream: false, path: '/root/a:b' }],
  ['./a:b', { stream: false, path: './a:b' }],
  ['/tmp/a:b', { stream: false, path: '/tmp/a:b' }],
  ['file', { stream: false, path: 'file' }],
  [':x', { stream: false, path: ':x' }],
  ['./-', { stream: false, path: './-' }],
])('%s is %j', (text, place) => {
  expect(parsePlace(text)).toEqual({ text, ...place })
})

test.each(['', 'box:'])('"%s" names no path', (text) => {
  expect(() => parsePlace(text)).toThrow(expect.objectContaining({ code: 'usage' }))
})
