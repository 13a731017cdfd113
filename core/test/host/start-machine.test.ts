import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Machine } from '../../src/hooks/vmm.ts'
import { keepProbe } from '../../src/host/keep-probe.ts'
import { startMachine, type StartSteps } from '../../src/host/start-machine.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-start-machine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const consoleLog = join(folder, 'console.log')
writeFileSync(consoleLog, 'before')

/** Starts a machine whose steps are written down. */
async function start(
  change: Partial<StartSteps<Machine>> = {},
  onSpawn?: () => void,
): Promise<{ steps: string[]; outcome: unknown }> {
  const steps: string[] = []
  const step = (name: string) => async () => void steps.push(name)
  const outcome = await startMachine({ consoleLog }, onSpawn ?? (() => void steps.push('told')), {
    spawn: async () => {
      steps.push('spawn')
      return { pid: process.pid, exited: new Promise(() => undefined) }
    },
    machine: (state) => ({ state, kill: step('kill') }) as unknown as Machine,
    boot: step('boot'),
    failure: (error) => new Error(`in words: ${(error as Error).message}`),
    clear: step('clear'),
    ...change,
  }).catch((error: unknown) => error)
  return { steps, outcome }
}

const fails = (message: string) => () => {
  throw new Error(message)
}

describe('the start of a machine', () => {
  test('begins where nothing is left of an earlier one, and tells the state before the machine boots', async () => {
    const { steps, outcome } = await start()
    expect(steps).toEqual(['clear', 'spawn', 'told', 'boot'])
    expect(outcome).toMatchObject({ state: { pid: process.pid, startTime: expect.any(Number), consoleLog, consoleStart: 6 } })
  })

  test('that finds no program clears away what was there for it', async () => {
    const { steps, outcome } = await start({ spawn: async () => fails('no program')() })
    expect([steps, outcome]).toEqual([['clear', 'clear'], new Error('no program')])
  })

  test('whose state cannot be kept is undone', async () => {
    const { steps, outcome } = await start({}, fails('the store is full'))
    expect([steps, outcome]).toEqual([['clear', 'spawn', 'kill', 'clear'], new Error('the store is full')])
  })

  test('that fails while it boots is undone, and told in words', async () => {
    const { steps, outcome } = await start({ boot: async () => fails('no memory')() })
    expect([steps, outcome]).toEqual([['clear', 'spawn', 'told', 'kill', 'clear'], new Error('in words: no memory')])
  })
})

test('a probe is kept until what counts for it changes', async () => {
  let key = 'one'
  let probes = 0
  const probe = keepProbe(
    async () => key,
    async () => ++probes,
  )
  expect([await probe(), await probe()]).toEqual([1, 1])
  key = 'two'
  expect([await probe(), await probe()]).toEqual([2, 2])
})
