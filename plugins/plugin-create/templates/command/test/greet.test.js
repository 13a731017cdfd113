import { testPlugin } from '@banger/plugin-testkit'
import { expect, test } from 'vitest'
import { greet } from '../src/greet.js'

testPlugin({ package: new URL('../package.json', import.meta.url) })

test('VMs are counted as one would say it', () => {
  expect([0, 1, 2].map((vms) => greet('you', vms))).toEqual([
    'Hello you. There are 0 VMs.',
    'Hello you. There is 1 VM.',
    'Hello you. There are 2 VMs.',
  ])
})
