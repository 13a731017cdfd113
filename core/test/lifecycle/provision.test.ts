import { describe, expect, it } from 'vitest'
import { fail } from '../../src/errors.ts'
import { guardTap } from '../../src/daemon/plugins/apply-plugin.ts'
import { createHooks } from '../../src/hooks/index.ts'
import type { Tap } from '../../src/hooks/call-tap.ts'
import type { GuestConfig, ProvisionContext, ProvisionTapOptions } from '../../src/hooks/provision.ts'
import { provision } from '../../src/lifecycle/provision.ts'
import { PluginGuard } from '../../src/daemon/plugins/plugin-guard.ts'

const context = { guest: { files: [], environment: {} } } as unknown as ProvisionContext
const file = (path: string) => ({ path, content: '', mode: 0o644 })

describe('provisioning a guest', () => {
  it('lets every kind of tap add, one after the other, and leaves what it was given alone', async () => {
    const { guest } = await run((hooks) => {
      hooks.provision.tap('a', ({ guest: own }) => void own.files.push(file('/sync')))
      hooks.provision.tapAsync('b', ({ guest: own }, done) => {
        own.files.push(file('/callback'))
        setImmediate(done)
      })
      hooks.provision.tapPromise('c', async ({ guest: own }) => {
        own.environment = { SEEN: String(own.files.length) }
      })
    })
    expect(guest).toEqual({ files: [file('/sync'), file('/callback')], environment: { SEEN: '2' } })
    expect(context.guest.files).toEqual([])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no luck')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no luck')
      },
    ],
  ])('drops all of a tap that %s, names it in a warning, and goes on', async (_, broken) => {
    const { guest, warnings } = await run((hooks) => {
      hooks.provision.tapPromise('banger-plugin-broken', async ({ guest: own }) => {
        own.files.push(file('/half'))
        await broken()
      })
      hooks.provision.tap('b', ({ guest: own, warn }) => {
        own.files.push(file('/whole'))
        warn('mind the gap')
      })
    })
    expect(guest.files).toEqual([file('/whole')])
    expect(warnings).toEqual([
      expect.stringMatching(/banger-plugin-broken failed .*: no luck What .*missing in this VM\. Mend it\.$/),
      'mind the gap',
    ])
  })

  it("hands on the hint of a plugin's own error", async () => {
    const { warnings } = await run((hooks) =>
      hooks.provision.tapAsync('p', (_, done) => done(fail('not-supported', { reason: 'No.', advice: 'Do this.' }))),
    )
    expect(warnings).toEqual([expect.stringMatching(/No\. What it adds is missing in this VM\. Do this\.$/)])
  })

  it('does not wait for ever, and hears nothing of a tap after that', async () => {
    const late = Promise.withResolvers<void>()
    const { guest, warnings } = await run((hooks) =>
      hooks.provision.tapPromise('slow', async (own) => {
        await late.promise
        own.guest.files.push(file('/late'))
      }),
    )
    late.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    expect([guest.files, warnings]).toEqual([[], [expect.stringContaining('The plugin slow took more than 0.2 s')]])
  })

  it('fails when a required tap does', async () => {
    const failing = run((hooks) =>
      hooks.provision.tapPromise({ name: 'vital', required: true }, async () => Promise.reject(new Error('no key'))),
    )
    await expect(failing).rejects.toMatchObject({ code: 'plugin.failed', message: expect.stringMatching(/vital .* no key/) })
  })

  it('ends at once when the start is given up', async () => {
    const failing = run(
      (hooks) => hooks.provision.tapPromise('slow', () => new Promise(() => undefined)),
      AbortSignal.abort(fail('aborted', { what: 'It' })),
    )
    await expect(failing).rejects.toMatchObject({ code: 'aborted' })
  })
})

function run(
  tap: (hooks: ReturnType<typeof createHooks>) => void,
  signal = new AbortController().signal,
): Promise<{ guest: GuestConfig; warnings: string[] }> {
  const hooks = createHooks()
  tap(hooks)
  const guarded = createHooks()
  const taps: (Tap & ProvisionTapOptions)[] = hooks.provision.taps
  for (const one of taps) {
    const guard = new PluginGuard(one.name, 'Mend it.', () => undefined)
    guarded.provision.tapPromise(
      { name: one.name, required: one.required ?? false },
      guardTap(guard, one, 'prepared the guest', 200),
    )
  }
  return provision(guarded.provision.taps, context, signal)
}
