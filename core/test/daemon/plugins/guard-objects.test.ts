import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { guardObject } from '../../../src/daemon/plugins/guard-objects.ts'
import { PluginBook } from '../../../src/daemon/plugins/plugin-book.ts'
import { runningPlugin } from '../../../src/daemon/plugins/running-plugin.ts'
import { fail } from '../../../src/errors.ts'
import type { Distro } from '../../../src/hooks/distro.ts'
import type { ImageSource } from '../../../src/hooks/image-source.ts'
import type { VmmDriver } from '../../../src/hooks/vmm.ts'
import { silentLog } from '../../fakes.ts'

const limits = { load: 200, doctor: 200, provision: 200 }
const book = new PluginBook(silentLog)
const guard = book.guardOf('p')
const live = { signal: new AbortController().signal, progress: () => undefined }

describe('what a plugin registered', () => {
  it('keeps its fields, its `this`, and its private ones, also when it is frozen', async () => {
    class Source {
      readonly scheme = 'x'
      readonly summary = 'one'
      #asked = 0
      async resolve() {
        this.#asked++
        return { digest: String(this.#asked), name: runningPlugin() ?? 'nobody', config: {}, layers: async function* () {} }
      }
    }
    const source = guardObject.imageSources(guard, Object.freeze(new Source()))
    expect({ ...source }).toEqual({ scheme: 'x', summary: 'one' })
    await source.resolve('a', live)
    expect({ ...(await source.resolve('a', live)) }).toMatchObject({ digest: '2', name: 'p' })
    expect(runningPlugin()).toBeUndefined()
  })

  it('is named in what it throws, unless that is an answer of the catalogue', async () => {
    const answers: (() => Promise<undefined>)[] = [
      () => Promise.reject(new TypeError('x is undefined')),
      () => Promise.reject(fail('image.not-found', { name: 'x' })),
    ]
    const resolve = async () => answers.shift()?.()
    const source = guardObject.imageSources(guard, { scheme: 's', summary: '', resolve } satisfies ImageSource)
    const message = 'The plugin p failed while it ran resolve of its image source s: x is undefined'
    await expect(source.resolve('a', live)).rejects.toMatchObject({ code: 'plugin.failed', message })
    await expect(source.resolve('a', live)).rejects.toMatchObject({ code: 'image.not-found' })
    expect(book.failuresOf('p').map((failure) => failure.message)).toContain(message)
    expect(book.failuresOf('p').map(({ code }) => code)).not.toContain('image.not-found')
  })

  it('has its layers ended when nobody reads on', async () => {
    let ended = false
    const layers = async function* () {
      try {
        yield Readable.from(['one'])
        yield Readable.from(['two'])
      } finally {
        ended = true
      }
    }
    const resolve = async () => ({ digest: '', name: '', config: {}, layers })
    const source = guardObject.imageSources(guard, { scheme: 's', summary: '', resolve })
    for await (const _ of (await source.resolve('a', live))?.layers(live) ?? []) break
    expect(ended).toBe(true)
  })

  it('does not work here when its probe throws or hangs, and matches nothing when its matches throws', async () => {
    const driver = (probe: () => Promise<never>) => guardObject.vmms(guard, { name: 'v', probe } as unknown as VmmDriver, limits)
    expect(await driver(() => Promise.reject(new Error('odd'))).probe()).toMatchObject({
      usable: false,
      detail: expect.stringMatching(/plugin p failed/),
    })
    expect(await driver(() => new Promise(() => undefined)).probe()).toMatchObject({
      usable: false,
      detail: 'The plugin p took more than 0.2 s while it ran probe of its VMM v, and was given up.',
    })
    const matches = () => {
      throw new Error('odd')
    }
    const distro = guardObject.distros(guard, { id: 'd', matches, packages: {} } as unknown as Distro)
    expect(distro.matches({ id: 'debian', idLike: [] })).toBe(false)
  })
})
