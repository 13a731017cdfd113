import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { perform, recover, type Verb } from '../../src/lifecycle/sequence.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { silentLog } from '../fakes.ts'

const live = { signal: new AbortController().signal, progress: () => undefined }

describe('a journaled verb', () => {
  let folder: string
  let store: Store
  let said: string[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-sequence-'))
    store = openStore(join(folder, 'banger.db'))
    said = []
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })

  const verb = (onCrash: 'undo' | 'finish', fails?: string): Verb<{ id: string }> => ({
    name: `test.${onCrash}`,
    onCrash,
    steps: ['one', 'two', 'three'].map((name) => ({
      name,
      run: () => {
        said.push(name)
        if (name === fails) throw new Error(`${name} failed`)
      },
      undo: () => void said.push(`not ${name}`),
    })),
  })
  const journaling = () => ({ journal: store.journal, log: silentLog })

  it('runs its steps in order and leaves no entry in the journal', async () => {
    await perform(verb('undo'), 'x', { id: 'x' }, live, journaling())
    expect(said).toEqual(['one', 'two', 'three'])
    expect(store.journal.open()).toEqual([])
  })

  it('undoes the failing step and those before it, last first, and throws what failed', async () => {
    await expect(perform(verb('undo', 'two'), 'x', { id: 'x' }, live, journaling())).rejects.toThrow('two failed')
    expect(said).toEqual(['one', 'two', 'not two', 'not one'])
    expect(store.journal.open()).toEqual([])
  })

  it('stops before the next step when it is aborted, and undoes', async () => {
    const abort = new AbortController()
    const aborting = verb('undo')
    aborting.steps[0] = { name: 'one', run: () => abort.abort(new Error('enough')), undo: () => void said.push('not one') }
    await expect(perform(aborting, 'x', { id: 'x' }, { ...live, signal: abort.signal }, journaling())).rejects.toThrow('enough')
    expect(said).toEqual(['not two', 'not one'])
  })

  it('keeps its journal entry when an undo fails, for the next start to try again', async () => {
    const stubborn = verb('undo', 'three')
    stubborn.steps[1] = { name: 'two', run: () => undefined, undo: () => Promise.reject(new Error('stuck')) }
    await expect(perform(stubborn, 'x', { id: 'x' }, live, journaling())).rejects.toThrow('three failed')
    expect(store.journal.open()).toHaveLength(1)
    expect(said).toContain('not one')
  })

  it('is undone from the step it had reached when the daemon was killed', async () => {
    const id = store.journal.begin('test.undo', 'x', { id: 'x' })
    store.journal.step(id, 'two')
    const [entry] = store.journal.open()
    if (!entry) throw new Error('no entry')
    await recover(verb('undo'), entry, journaling())
    expect(said).toEqual(['not two', 'not one'])
    expect(store.journal.open()).toEqual([])
  })

  it('is finished from the step it had reached when that is its way', async () => {
    const id = store.journal.begin('test.finish', 'x', { id: 'x' })
    store.journal.step(id, 'two')
    const [entry] = store.journal.open()
    if (!entry) throw new Error('no entry')
    await recover(verb('finish'), entry, journaling())
    expect(said).toEqual(['two', 'three'])
  })
})
