import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { leaseAddress } from '../src/leases.ts'
import { readSettings } from '@banger/core'
import { settings as declaration } from '../src/settings.ts'
import type { State } from '../src/state.ts'
import { loadState, removeState, saveState } from '../src/state-file.ts'

const dirs = { config: '', state: '', cache: '', data: '', runtime: '' }
const settings = readSettings(
  { dirs, config: () => ({ cidr: '10.9.0.0/28', bridge_ip: '10.9.0.7' }) },
  'network-bridge',
  declaration,
)
const nothing: State = { forwarding: false, vms: {} }

describe('the state file', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-state-'))
    file = join(folder, 'deep', 'network-bridge.json')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('holds all that was saved, for its user alone, and nothing lies beside it', async () => {
    const publish = [{ hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 }]
    const state: State = {
      made: settings,
      forwarding: true,
      lastAddress: '10.9.0.2',
      vms: { a: { name: 'one', address: '10.9.0.2', tap: 't0', publish } },
    }
    await saveState(file, state)
    expect(await loadState(file)).toEqual(state)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['network-bridge.json'])
    await removeState(file)
    expect(await loadState(file)).toEqual(nothing)
  })

  test('counts for nothing when it is damaged', async () => {
    const saved = JSON.stringify({ format: 1, forwarding: true, vms: { a: { name: 'one', address: '10.9.0.2', publish: [] } } })
    await saveState(file, nothing)
    await fc.assert(
      fc.asyncProperty(fc.nat(saved.length - 1), fc.string(), async (at, text) => {
        writeFileSync(file, saved.slice(0, at) + text)
        expect(await loadState(file)).toMatchObject({ vms: expect.anything() })
      }),
    )
  })
})

describe('addresses', () => {
  test('are given to each VM once, to its end', () => {
    const ids = fc.array(fc.constantFrom(...'abcdefghijkl'), { maxLength: 60 })
    fc.assert(
      fc.property(ids, (order) => {
        const state: State = { ...nothing, vms: {} }
        for (const id of order) {
          const before = state.vms[id]?.address
          const address = leaseAddress(state, settings, id)
          expect(address).toBe(before ?? address)
          state.vms[id] = { name: id, address, publish: [] }
          state.lastAddress = address
        }
        const given = Object.values(state.vms).map((vm) => vm.address)
        expect(new Set(given).size).toBe(given.length)
        expect(given).not.toContain('10.9.0.7')
      }),
    )
  })

  test('are new when the network is another one', () => {
    const state: State = {
      ...nothing,
      lastAddress: '172.16.0.9',
      vms: { a: { name: 'one', address: '172.16.0.9', publish: [] } },
    }
    expect(leaseAddress(state, settings, 'a')).toBe('10.9.0.1')
  })
})
