/** @import { BangerPlugin } from '@banger/core' */
/** @import { Settings } from './settings.js' */
import { join } from 'node:path'
import { readDotfiles } from './read-dotfiles.js'
import { settings } from './settings.js'

const name = 'banger-plugin-dotfiles'

/**
 * Gives the files of a folder of the host to every VM that starts, and a service, where the settings name one.
 * @returns {BangerPlugin<Settings>}
 */
export function extend() {
  return {
    name,
    coreRange: '>=0.1.0 <1',
    settings,
    apply(hooks, host, { folder = join(host.dirs.config, 'dotfiles'), service }) {
      hooks.provision.tapPromise(name, async ({ guest, warn }) => {
        const { files, problems } = await readDotfiles(folder)
        for (const problem of problems) warn(problem)
        for (const { path, content, mode } of files)
          guest.files.push({ path: `/root/${path}`, content: content.toString('base64'), mode, owner: name })
        if (service) guest.services.push({ name: 'dotfiles', argv: service, cwd: '/root', restart: 'always' })
      })
    },
  }
}
