import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'
import { isAsShown, readSteps } from './document/read-steps.ts'
import { Reader } from './document/reader.ts'
import { Scratch } from './scratch.ts'

const steps = readSteps(readFileSync(join(import.meta.dirname, '../../docs/your-first-plugin.md'), 'utf8'))

describe('docs/your-first-plugin.md, as a newcomer follows it', () => {
  let scratch: Scratch
  let reader: Reader
  beforeAll(async () => {
    scratch = new Scratch()
    reader = new Reader(scratch.home)
    // what the first VM fetches for every newcomer
    const [kernel] = await new Banger(inject('home')).kernels()
    const { vmlinux, modules } = kernel?.files ?? { vmlinux: '' }
    await scratch.ok(['kernel', 'import', '--name', 'borrowed', '--kernel', vmlinux, ...(modules ? ['--modules', modules] : [])])
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  it.each(steps.map((step) => [step.do === 'run' ? step.command : `edit ${step.file}`, step] as const))('%s', (_title, step) =>
    reader.follow(step),
  )

  it('leaves what was made: two images, no VM and no plugin', async () => {
    expect((await scratch.images()).map(({ name }) => name).sort()).toEqual(['greeting', 'hello'])
    expect(await scratch.vms()).toEqual([])
    expect(await scratch.ok(['plugins'])).not.toContain('banger-plugin')
  })
})

describe('what a document shows of a command', () => {
  it.each([
    [['one', 'two'], 'one\ntwo\n', true],
    [['one'], 'one\ntwo\n', false],
    [['one', '…'], 'one\ntwo\nthree\n', true],
    [['…', 'three'], 'one\ntwo\nthree\n', true],
    [['…', 'two'], 'one\ntwo\nthree\n', false],
    [['in …/folder.'], 'in /home/me/folder.\n', true],
    [['in …/folder.'], 'in /home/me/other.\n', false],
    [['a.c'], 'abc\n', false],
    [['…'], '', true],
  ])('%j of %j: %s', (shown, printed, fits) => {
    expect(isAsShown(shown, printed)).toBe(fits)
  })
})
