import { expect, test } from 'vitest'
import { packageNameOf, shortNameOf } from '../src/plugin-name.ts'

test('the package is called by its folder', () => {
  expect(packageNameOf('/home/me/my-images')).toBe('banger-plugin-my-images')
  expect(packageNameOf('/home/me/banger-plugin-my-images')).toBe('banger-plugin-my-images')
})

test('commands and settings have its short name', () => {
  const names = ['my-images', 'banger-plugin-my-images', '@me/my-images', '@me/banger-plugin-my-images']
  expect(names.map(shortNameOf)).toEqual(names.map(() => 'my-images'))
})

test.each(['My-Images', '1st', 'a b', 'banger-plugin-', '@me/', '../x', "it's", 'x'.repeat(51)])('"%s" is refused', (name) => {
  expect(() => shortNameOf(name)).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(name) }))
})
