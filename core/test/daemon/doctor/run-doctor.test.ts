import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkE2fsprogs } from '../../../src/daemon/doctor/check-e2fsprogs.ts'
import { runDoctor } from '../../../src/daemon/doctor/run-doctor.ts'
import { fail } from '../../../src/errors.ts'
import type { Host } from '../../../src/hooks/host.ts'
import { type FakeEngine, fakeEngine } from '../../lifecycle/fake-engine.ts'
import { anImage, aPlugin } from '../../samples.ts'

const adds = { ...aPlugin().adds, settings: ['plugins.auth-sync.sync'] }
const plugins = [aPlugin({ name: '@banger/plugin-auth-sync', version: '1.2.3', adds }), aPlugin()]

describe('doctor', () => {
  let engine: FakeEngine
  beforeEach(async () => {
    engine = await fakeEngine()
  })
  afterEach(() => engine.close())

  const run = async () => runDoctor(engine, plugins, [])
  const about = async (id: string) => (await run()).filter((check) => check.id === id)

  it('names plugins with their versions, the configuration, mke2fs with its version, and the free disk', async () => {
    expect(await about('plugins')).toMatchObject([{ status: 'ok', message: expect.stringContaining('auth-sync 1.2.3') }])
    expect(await about('config')).toMatchObject([{ status: 'ok' }])
    expect(await about('e2fsprogs')).toMatchObject([{ status: 'ok', message: expect.stringMatching(/^mke2fs 1\.\d+/) }])
    expect(await about('disk')).toMatchObject([{ message: expect.stringMatching(/GiB free for/) }])
  })

  it('keeps the other checks when one throws or hangs, and names its plugin and what to do', async () => {
    engine.hooks.doctor.tap('a', () => {
      throw fail('config.invalid', { file: '/f', reason: 'it is wrong' })
    })
    engine.hooks.doctor.tapPromise('b', async (report) => report.add({ id: 'fine', status: 'ok', message: 'fine' }))
    const checks = await run()
    expect(checks.find(({ id }) => id === 'plugin:a')).toMatchObject({
      status: 'error',
      message: expect.stringContaining('it is wrong'),
      advice: expect.stringContaining('Mend'),
    })
    expect(checks.map(({ id }) => id)).toContain('fine')
  })

  it('keeps what a check had found before it failed', async () => {
    engine.hooks.doctor.tapPromise('slow', async (report) => {
      report.add({ id: 'first', status: 'ok', message: 'found' })
      throw new Error('no more')
    })
    const ids = (await run()).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['first', 'plugin:slow']))
  })

  it('shows plugins that could not be loaded, and what failed since in those that were', async () => {
    const failed = aPlugin({ name: 'bad', status: 'failed', reason: 'The plugin bad is bad.', hint: 'Drop it.' })
    const shaky = aPlugin({ name: 'shaky', failures: [{ at: 0, code: 'plugin.failed', message: 'It shook.', hint: 'Hold it.' }] })
    expect(await runDoctor(engine, [failed, shaky], [])).toEqual(
      expect.arrayContaining([
        { id: 'plugin:bad', status: 'error', message: 'The plugin bad is bad.', advice: 'Drop it.' },
        { id: 'plugin:shaky', status: 'warning', message: 'It shook. (1970-01-01T00:00:00.000Z)', advice: 'Hold it.' },
      ]),
    )
  })

  it('warns of a table that no plugin reads, and of the name that it resembles', async () => {
    engine.config = { ...engine.config, plugins: { 'auth-snyc': { sync: [] }, 'auth-sync': {} } }
    expect(await about('config')).toMatchObject([
      { status: 'warning', message: expect.stringContaining('[plugins.auth-snyc]'), advice: 'Did you mean [plugins.auth-sync]?' },
    ])
  })

  it('finds files of images and kernels that are gone, kernels that are gone, and a default image that is none', async () => {
    const file = join(engine.paths.state, 'gone')
    writeFileSync(file, '')
    engine.store.images.put(anImage({ name: 'lost', files: { rootfs: file }, kernel: 'no-such' }))
    engine.config = { ...engine.config, default_image_name: 'noAdditions' }
    rmSync(file)
    expect((await about('images')).filter(({ status }) => status === 'error').map(({ message }) => message)).toEqual([
      `The image "lost" lacks ${file}`,
      'The image "lost" boots with the kernel "no-such", which is not there',
      'The default image "noAdditions" is not registered',
    ])
    expect(await about('kernels')).toMatchObject([{ status: 'ok', message: 'generic' }])
  })

  it('says when mke2fs is missing or does not run', async () => {
    const host = (which: string | undefined) =>
      ({ which: async () => which, run: async () => Promise.reject(new Error('cannot execute')) }) as unknown as Host
    expect(await checkE2fsprogs(host(undefined))).toMatchObject([
      { status: 'error', advice: expect.stringContaining('e2fsprogs') },
    ])
    expect(await checkE2fsprogs(host('/sbin/mke2fs'))).toMatchObject([
      { status: 'error', message: expect.stringContaining('cannot execute') },
    ])
  })
})
