import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { isError } from '../../src/errors.ts'

const times = { stats_poll_interval: 10_000, metrics_poll_interval: 10_000, plugin_timeout: 10_000, auto_stop_stale_after: 0 }

describe('the configuration', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-config-'))
    file = join(folder, 'config.toml')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('has defaults for everything when the file is missing', async () => {
    expect(await loadConfig(file)).toEqual({ log_level: 'info', vmm: 'auto', network: 'auto', ...times, plugins: {} })
  })

  it('reads the known keys and makes the key path absolute', async () => {
    writeFileSync(
      file,
      'log_level = "debug"\nssh_key_path = "keys/mine"\ndefault_image_name = "devbox"\n[plugins.kernel-catalog]\ncatalogs = ["x"]\n',
    )
    expect(await loadConfig(file)).toEqual({
      log_level: 'debug',
      ssh_key_path: join(folder, 'keys/mine'),
      default_image_name: 'devbox',
      vmm: 'auto',
      network: 'auto',
      ...times,
      plugins: { 'kernel-catalog': { catalogs: ['x'] } },
    })
  })

  it('hands top-level keys of a plugin to it, along with its table', async () => {
    writeFileSync(file, 'cidr = "10.9.0.0/24"\ntap_pool_size = 2\n[plugins.network-bridge]\nisolate = true\n')
    expect((await loadConfig(file)).plugins).toEqual({
      'network-bridge': { cidr: '10.9.0.0/24', tap_pool_size: 2, isolate: true },
    })
  })

  it('names a plugin’s top-level key that resembles an unknown one', async () => {
    writeFileSync(file, 'bridgename = "br0"\n')
    await expect(loadConfig(file)).rejects.toMatchObject({ hint: 'Did you mean "bridge_name"?' })
  })

  it.each(['plugins = 1\ncidr = "x"', 'cidr = "x"\n[plugins]\nnetwork-bridge = 1'])(
    'refuses tables of plugins that are none',
    async (text) => {
      writeFileSync(file, text)
      await expect(loadConfig(file)).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.stringContaining('plugins'),
      })
    },
  )

  it('names an unknown key and the known one that it resembles', async () => {
    writeFileSync(file, 'log_levle = "debug"\n')
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'config.unknown-key',
      message: expect.stringContaining('"log_levle"'),
      hint: 'Did you mean "log_level"?',
    })
  })

  it('lists the keys when an unknown one resembles none', async () => {
    writeFileSync(file, 'colour = "blue"\n')
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'config.unknown-key',
      hint: expect.stringContaining('default_image_name'),
    })
  })

  it('says which key has a wrong value', async () => {
    writeFileSync(file, 'log_level = "loud"\n')
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('log_level'),
    })
  })

  it('reads spans of time as milliseconds', async () => {
    writeFileSync(file, 'stats_poll_interval = "5s"\nmetrics_poll_interval = "0"\nauto_stop_stale_after = "1h30m"\n')
    expect(await loadConfig(file)).toMatchObject({
      stats_poll_interval: 5000,
      metrics_poll_interval: 0,
      auto_stop_stale_after: 5_400_000,
    })
  })

  it.each([
    'stats_poll_interval = 5',
    'stats_poll_interval = "soon"',
    'stats_poll_interval = "10ms"',
    'auto_stop_stale_after = "-1h"',
  ])('refuses %s and names the key', async (text) => {
    writeFileSync(file, text)
    await expect(loadConfig(file)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(text.split(' ')[0] ?? ''),
    })
  })

  it('refuses to stop VMs that nobody uses without asking guests whether they are used', async () => {
    writeFileSync(file, 'stats_poll_interval = "0"\nauto_stop_stale_after = "1h"\n')
    await expect(loadConfig(file)).rejects.toMatchObject({ message: expect.stringContaining('stats_poll_interval') })
  })

  it('says where the TOML breaks', async () => {
    writeFileSync(file, 'log_level = "info"\nbroken = = 1\n')
    await expect(loadConfig(file)).rejects.toMatchObject({ code: 'config.invalid', message: expect.stringContaining('line 2') })
  })

  it('answers any text with a configuration or an error of the catalogue', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        writeFileSync(file, text)
        const outcome = await loadConfig(file).catch((error: unknown) => error)
        expect(outcome instanceof Error ? isError(outcome) : true).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
