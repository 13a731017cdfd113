import { testPlugin } from '@banger/plugin-testkit'
import { expect, test } from 'vitest'
import { forgottenVms } from '../src/forgotten-vms.js'

testPlugin({ package: new URL('../package.json', import.meta.url) })

const day = 24 * 60 * 60 * 1000
/** @param {string} name @param {number} createdAt in days @param {number} [startedAt] in days */
const stopped = (name, createdAt, startedAt) => ({
  name,
  state: 'stopped',
  createdAt: createdAt * day,
  ...(startedAt === undefined ? {} : { startedAt: startedAt * day }),
})

test('a VM is forgotten when it is stopped and nobody has started it for long', () => {
  const vms = [stopped('old', 1), stopped('used', 1, 9), stopped('older', 0, 0.5), { ...stopped('runs', 0), state: 'running' }]
  const names = (/** @type {number} */ days) => forgottenVms(vms, { days, now: 10 * day }).map(({ name }) => name)
  expect(names(7)).toEqual(['older', 'old'])
  expect(names(0)).toEqual(['older', 'old', 'used'])
  expect(names(10)).toEqual([])
})
