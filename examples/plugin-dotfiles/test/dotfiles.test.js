import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { applyPlugin, testHost, testPlugin, testProvision } from '@banger/plugin-testkit'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { extend } from '../src/extend.js'

testPlugin({ package: new URL('../package.json', import.meta.url) })

const kitHost = testHost({ settings: { dotfiles: { folder: import.meta.dirname, service: ['sleep', '1'] } } })
afterAll(() => kitHost.remove())
testProvision({ plugin: applyPlugin(extend(), kitHost), name: 'banger-plugin-dotfiles' })

describe('the dotfiles', () => {
  /** @type {import('@banger/plugin-testkit').TestHost} */
  let host
  beforeEach(() => {
    host = testHost()
  })
  afterEach(() => host.remove())

  test("go to /root as they are, below their folders, each as the plugin's own", async () => {
    write('.bashrc', 'alias ll="ls -l"\n')
    chmodSync(write('.config/bin/hello', '#!/bin/sh\n'), 0o755)
    const { files, warnings } = await provision({ folder: at('') })
    const owner = 'banger-plugin-dotfiles'
    expect(files).toEqual([
      { path: '/root/.bashrc', content: base64('alias ll="ls -l"\n'), mode: 0o644, owner },
      { path: '/root/.config/bin/hello', content: base64('#!/bin/sh\n'), mode: 0o755, owner },
    ])
    expect(warnings).toEqual([])
  })

  test('are read anew at each start, and are none where there is no folder', async () => {
    expect((await provision()).files).toEqual([])
    mkdirSync(join(host.dirs.config, 'dotfiles'))
    writeFileSync(join(host.dirs.config, 'dotfiles/.vimrc'), 'set number\n')
    expect((await provision()).files).toMatchObject([{ path: '/root/.vimrc' }])
  })

  test("are taken through links, and without what is git's", async () => {
    write('.git/config', 'secret')
    symlinkSync(write('shared', 'text'), at('.profile'))
    const { files } = await provision({ folder: at('') })
    expect(files.map(({ path, content }) => [path, content])).toEqual([
      ['/root/.profile', base64('text')],
      ['/root/shared', base64('text')],
    ])
  })

  test('that cannot be taken are told, and the others are taken', async () => {
    write('.profile', 'text')
    write('large', 'x'.repeat(2 ** 20 + 1))
    execFileSync('mkfifo', [at('pipe')])
    symlinkSync('nowhere', at('lost'))
    const { files, warnings } = await provision({ folder: at('') })
    expect(files).toHaveLength(1)
    expect(warnings).toEqual([
      expect.stringMatching(/large is not copied: it is larger than 1 MiB\.$/),
      expect.stringMatching(/lost is not copied: .*no such file/),
      expect.stringMatching(/pipe is not copied: it is no regular file\.$/),
    ])
  })

  test('come with a service where the settings name one', async () => {
    expect((await provision({ service: ['python3', '-m', 'http.server'] })).services).toEqual([
      { name: 'dotfiles', argv: ['python3', '-m', 'http.server'], cwd: '/root', restart: 'always' },
    ])
    expect((await provision()).services).toEqual([])
  })

  test.each([
    [{ folder: 'dotfiles' }, 'plugins.dotfiles.folder: '],
    [{ folder: 7 }, 'plugins.dotfiles.folder: '],
    [{ service: 'python3 -m http.server' }, 'plugins.dotfiles.service: '],
    [{ service: [] }, 'plugins.dotfiles.service: '],
    [{ files: '~/dotfiles' }, 'plugins.dotfiles.files'],
  ])('with the settings %j are refused, and the key is named', async (settings, place) => {
    await expect(provision(settings)).rejects.toMatchObject({ message: expect.stringContaining(place) })
  })

  /** What the plugin adds to a VM that starts. */
  async function provision(settings = {}) {
    const ownHost = { ...host, config: () => settings }
    const guest = { files: [], services: [] }
    /** @type {string[]} */
    const warnings = []
    const context = { guest, warn: (/** @type {string} */ text) => void warnings.push(text) }
    const { hooks } = applyPlugin(extend(), ownHost)
    await hooks.provision.promise(/** @type {import('@banger/core').ProvisionContext} */ (/** @type {unknown} */ (context)))
    const { files, services } = /** @type {import('@banger/core').GuestConfig} */ (/** @type {unknown} */ (guest))
    return { files, services, warnings }
  }

  /** @param {string} path */
  function at(path) {
    return join(host.folder, 'mine', path)
  }

  /** @param {string} path @param {string} text @returns {string} where it lies */
  function write(path, text) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
    return at(path)
  }
})

/** @param {string} text */
function base64(text) {
  return Buffer.from(text).toString('base64')
}
