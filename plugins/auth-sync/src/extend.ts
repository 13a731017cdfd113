import { homedir } from 'node:os'
import type { BangerPlugin } from '@banger/core'
import { settings } from './config.ts'
import type { Tool } from './credentials.ts'
import { checkCredentials } from './doctor.ts'
import { findCredentials } from './find-credentials.ts'

const name = '@banger/plugin-auth-sync'

/** Copies the credentials of coding agents into every VM that starts. docs/credentials.md */
export function extend(): BangerPlugin<Tool[]> {
  return {
    name,
    coreRange: '^0.1.0',
    settings,
    apply(hooks, _host, chosen) {
      hooks.provision.tapPromise(name, async ({ guest, warn }) => {
        const { found, problems } = await findCredentials(homedir(), chosen)
        for (const problem of problems) warn(problem)
        for (const { file, content } of found)
          guest.files.push({
            path: `/root/${file}`,
            content: content.toString('base64'),
            mode: 0o600,
            folderMode: 0o700,
            owner: name,
          })
      })
      hooks.doctor.tapPromise(name, (report) => checkCredentials(chosen, homedir(), report))
    },
  }
}
