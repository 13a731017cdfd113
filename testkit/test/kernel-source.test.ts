import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KernelSource } from '@banger/core'
import { afterAll, describe, expect, test } from 'vitest'
import { kernelSourceChecks, testHost } from '../src/checks.ts'
import { broken } from './broken.ts'

const host = testHost()
afterAll(() => host.remove())
const kernel = { name: 'sample', version: '6.12', arch: 'x64', summary: 'a sample' }

/** A source that keeps every promise, and what is to be otherwise about it. */
function source(change: Partial<KernelSource> = {}): KernelSource {
  return {
    name: 'sample',
    available: async () => [kernel],
    async pull(name, { dir, signal, progress }) {
      if (name !== 'sample') return undefined
      progress({ id: 'copy', message: 'Copying', state: 'running' })
      signal.throwIfAborted()
      const modules = join(dir, 'modules')
      await mkdir(join(modules, '6.12'), { recursive: true })
      await writeFile(join(modules, '6.12/modules.dep'), '')
      await writeFile(join(dir, 'vmlinux'), 'the kernel')
      progress({ id: 'copy', message: 'Copied', state: 'done' })
      return { kernel: join(dir, 'vmlinux'), modules }
    },
    ...change,
  }
}

const pull = source().pull

describe('the checks of a kernel source', () => {
  test('find nothing wrong with one that keeps its promises', async () => {
    expect(await broken(kernelSourceChecks({ source: source(), host }))).toEqual([])
  })

  test.each<[what: string, change: Partial<KernelSource>, sentence: RegExp, message: RegExp]>([
    ['an empty list', { available: async () => [] }, /lists kernels/, /lists none/],
    ['a name twice', { available: async () => [kernel, kernel] }, /lists kernels/, /twice/],
    ['what is listed and not there', { pull: async () => undefined }, /pulls a kernel/, /gives undefined/],
    ['a kernel elsewhere', { pull: async () => ({ kernel: '/boot/vmlinuz' }) }, /pulls a kernel/, /not lie in the folder/],
    ['every name for its own', { pull: (_name, options) => pull('sample', options) }, /leaves other names/, /nobody knows/],
    ['one that does not stop', { pull: pullOn }, /stops/, /another error/],
  ])('find %s', async (_what, change, sentence, message) => {
    const found = await broken(kernelSourceChecks({ source: source(change), host }), sentence)
    expect(found).toMatchObject([{ message: expect.stringMatching(message) }])
  })
})

/** Fails with an error of its own when it is told to stop. */
async function pullOn(name: string, options: Parameters<typeof pull>[1]): ReturnType<typeof pull> {
  await sleep(50)
  if (options.signal.aborted) throw new Error('the connection broke')
  return pull(name, options)
}
