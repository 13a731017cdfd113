import { describe, expect, it } from 'vitest'
import type { ImageSource, PullOptions, ResolveOptions } from '../../src/hooks/image-source.ts'
import { Registry } from '../../src/hooks/registry.ts'
import { resolveImage } from '../../src/lifecycle/resolve-image.ts'

const live = { signal: new AbortController().signal, progress: () => undefined }

/** A source for references that begin with `own`, which keeps what it was asked with. */
function source(scheme: string, own: string, more: Partial<ImageSource> = {}) {
  const asked: { ref: string; options: ResolveOptions }[] = []
  const it: ImageSource = {
    scheme,
    summary: `${scheme}:<text>`,
    resolve: async (ref, options) => {
      asked.push({ ref, options })
      return ref.startsWith(own) ? { digest: 'd', name: 'n', config: {}, async *layers() {} } : undefined
    },
    ...more,
  }
  return { it, asked }
}

function find(ref: string, sources: ImageSource[], options: PullOptions = {}) {
  const registry = new Registry<ImageSource>('image source', ({ scheme }) => scheme)
  for (const one of sources) registry.add('test', one)
  return resolveImage(registry, ref, options, live)
}

describe('a reference', () => {
  it('goes to the source that its scheme names, and to no other', async () => {
    const [bee, cat] = [source('bee', 'x'), source('cat', '')]
    expect(await find('bee:x1', [bee.it, cat.it])).toMatchObject({ ref: 'bee:x1' })
    expect(bee.asked).toMatchObject([{ ref: 'x1', options: { named: true } }])
    await expect(find('bee:y', [bee.it, cat.it])).rejects.toMatchObject({ code: 'image.no-source' })
    expect(cat.asked).toEqual([])
  })

  it('without a scheme is offered to all, whole, until one knows it, and is then known in full', async () => {
    const [bee, cat] = [source('bee', 'x'), source('cat', 'y')]
    expect(await find('y:1', [bee.it, cat.it])).toMatchObject({ ref: 'cat:y:1' })
    expect(cat.asked).toMatchObject([{ ref: 'y:1', options: { named: false } }])
    const full = source('dog', 'z', {
      resolve: async () => ({ digest: '', name: '', ref: 'host/z', config: {}, async *layers() {} }),
    })
    expect(await find('z', [bee.it, full.it])).toMatchObject({ ref: 'host/z' })
  })

  it('that nobody knows lists what there is', async () => {
    await expect(find('q', [source('bee', 'x').it])).rejects.toMatchObject({ hint: expect.stringContaining('bee:<text>') })
  })
})

describe('an option of a pull', () => {
  const takes = ['platform'] as const

  it('comes to a source that takes it', async () => {
    const bee = source('bee', 'x', { takes })
    await find('bee:x', [bee.it], { platform: 'linux/amd64', insecure: false })
    expect(bee.asked[0]?.options).toMatchObject({ platform: 'linux/amd64' })
  })

  it.each(['bee:x', 'x'])('is refused for a source that does not take it, naming one that does: %s', async (ref) => {
    const [bee, cat] = [source('bee', 'x'), source('cat', 'y', { takes })]
    await expect(find(ref, [bee.it, cat.it], { platform: 'linux/amd64' })).rejects.toMatchObject({
      code: 'image.option',
      message: expect.stringMatching(/bee does not take --platform/),
      hint: expect.stringContaining('cat:<text>'),
    })
    expect(bee.asked.every(({ options }) => options.platform === undefined)).toBe(true)
  })

  it('does not keep a bare reference from the source that takes it', async () => {
    const [bee, cat] = [source('bee', 'x'), source('cat', 'y', { takes })]
    expect(await find('y', [bee.it, cat.it], { platform: 'linux/amd64' })).toMatchObject({ ref: 'cat:y' })
  })
})
