import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fail, type ImageSource, type ResolvedImage, type ResolveOptions } from '@banger/core'
import { afterAll, describe, expect, test } from 'vitest'
import { makeTar } from '../../core/test/rootfs/make-tar.ts'
import { imageSourceChecks, testHost } from '../src/checks.ts'
import { broken } from './broken.ts'

const host = testHost()
afterAll(() => host.remove())

const tar = makeTar([
  { path: 'etc', type: 'directory' },
  { path: 'etc/os-release', content: 'ID=mine\n' },
])
const file = join(host.folder, 'image.tar')
const cached = join(host.dirs.cache, 'image.tar')
await writeFile(file, tar)

/** A source that keeps every promise, and what is to be otherwise about it or about the images that it finds. */
function source(
  change: Partial<ImageSource> = {},
  image: (options: ResolveOptions) => Partial<ResolvedImage> = () => ({}),
): ImageSource {
  return {
    scheme: 'sample',
    summary: 'sample:image',
    takes: ['offline'],
    cachedFiles: async () => ((await exists(cached)) ? [cached] : []),
    async resolve(ref, options) {
      if (ref === 'nothing') throw fail('image.reference', { ref, reason: 'it is nothing', advice: 'Name another.' })
      if (ref !== 'image') return undefined
      if (options.offline && !(await exists(cached))) throw fail('image.not-cached', { image: ref, missing: 'all of it' })
      return {
        name: 'image',
        digest: `sample:${(await readFile(file)).toString('base64url').slice(700, 760)}`,
        config: { env: ['A=b'] },
        cached: [cached],
        async *layers({ progress }) {
          await writeFile(cached, await readFile(file))
          progress({ id: 'copy', message: 'Copying', state: 'done' })
          yield createReadStream(cached)
        },
        ...image(options),
      }
    },
    ...change,
  }
}

const check = (subject: ImageSource, which?: RegExp) =>
  broken(
    imageSourceChecks({
      source: subject,
      host,
      references: ['image'],
      foreign: ['debian:bookworm'],
      failing: { nothing: 'image.reference' },
      change: { reference: 'image', by: () => writeFile(file, makeTar([{ path: 'other', content: 'x' }])) },
    }),
    which,
  )

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  )
}

describe('the checks of an image source', () => {
  test('find nothing wrong with one that keeps its promises', async () => {
    await writeFile(file, tar)
    expect(await check(source())).toEqual([])
  })

  test.each<[what: string, subject: ImageSource, sentence: RegExp, message: RegExp]>([
    ['a scheme that is none', source({ scheme: 'a:b' }), /says what it is/, /"a:b" is no scheme/],
    ['an option that is none', source({ takes: ['tag' as 'offline'] }), /says what it is/, /takes tag/],
    ['a name that is none', source({}, () => ({ name: 'My Image' })), /gives it a name/, /"My Image"/],
    [
      'a digest that is new at each look',
      source({}, () => ({ digest: String(Math.random()) })),
      /same digest at the next/,
      /another one/,
    ],
    [
      'a digest that is the same whatever it leads to',
      source({}, () => ({ digest: 'latest' })),
      /another digest once/,
      /is the same/,
    ],
    [
      'content that differs under one digest',
      source({}, () => ({ layers: () => stream(makeTar([{ path: 'x', content: String(Math.random()) }])) })),
      /same root filesystem/,
      /differ/,
    ],
    [
      'layers that are no tar',
      source({}, () => ({ layers: () => stream(Buffer.alloc(2048, 'x')) })),
      /yields layers/,
      /cannot be used/,
    ],
    ['progress that never ends', source({}, startLooking), /tells of its progress/, /"look"/],
    [
      'everything for its own',
      source({ resolve: (_, options) => source().resolve('image', options) as never }),
      /leaves debian/,
      /./,
    ],
    [
      'an error without a code',
      source({
        resolve: async (ref, options) => (ref === 'nothing' ? Promise.reject(new Error('no')) : source().resolve(ref, options)),
      }),
      /fails with image.reference/,
      /no code of the catalogue/,
    ],
    ['cached files that are not listed', source({ cachedFiles: async () => [] }), /lists what it keeps/, /does not list it/],
    ['a file outside of the cache', source({ cachedFiles: async () => [file] }), /lists what it keeps/, /not lie in the cache/],
    ['a temporary file that stays', source({}, () => ({ layers: leaveFile })), /leaves no file/, /tmp\/left/],
    ['a process that stays', source({}, () => ({ layers: leaveProcess })), /leaves no file/, /the process \d+/],
  ])('find %s', async (_what, subject, sentence, message) => {
    await writeFile(file, tar)
    await rm(cached, { force: true })
    expect(await check(subject, sentence)).toMatchObject([{ message: expect.stringMatching(message) }])
  })
})

function startLooking({ progress }: ResolveOptions): object {
  progress({ id: 'look', message: 'Looking', state: 'running' })
  return {}
}

async function* stream(bytes: Buffer): AsyncGenerator<Readable> {
  yield Readable.from([bytes], { objectMode: false })
}

async function* leaveFile(): AsyncGenerator<Readable> {
  const folder = process.env.TMPDIR ?? ''
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'left'), '')
  yield* stream(tar)
}

async function* leaveProcess(): AsyncGenerator<Readable> {
  const { pid } = await host.detach('sleep', ['30'], { cwd: host.folder, logFile: '/dev/null' })
  processes.push(pid)
  yield* stream(tar)
}

const processes: number[] = []
afterAll(() => {
  for (const pid of processes) process.kill(pid, 'SIGKILL')
})
