import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { asUser, git } from '../git/git.ts'
import { carriedSettings, parseSettings, type Setting } from './carried-config.ts'
import type { Checkout } from './find-checkout.ts'

export interface CheckoutSettings {
  /** In effect for the checkout, from whatever file, as far as they are carried into a guest. */
  carried: Setting[]
  /** How git is to tell unchanged files on this host; not carried. */
  stat: Setting[]
  /** What the user ignores in all repositories, and the attributes that files have in all; '' when there are none. */
  exclude: string
  attributes: string
}

/** Reads a checkout's configuration. Nothing that it names is run. */
export async function readSettings(host: Host, checkout: Checkout): Promise<CheckoutSettings> {
  const all = parseSettings(await git(host, asUser(checkout.top), ['config', '--list', '-z', '--show-scope']))
  // A repository could name any file of the user's here, and so have it sent.
  const usersOwn = (key: string) =>
    all.findLast((setting) => setting.key === key && (setting.scope === 'global' || setting.scope === 'system'))?.value
  return {
    carried: carriedSettings(all),
    stat: all.filter(({ key }) => key === 'core.trustctime' || key === 'core.checkstat'),
    exclude: await readUserFile(usersOwn('core.excludesfile'), 'ignore'),
    attributes: await readUserFile(usersOwn('core.attributesfile'), 'attributes'),
  }
}

/** The file that is configured, else the one where git looks without being told (gitignore(5), gitattributes(5)). */
async function readUserFile(configured: string | undefined, name: string): Promise<string> {
  const path = configured ?? join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git', name)
  const absolute = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
  return isAbsolute(absolute) ? readFile(absolute, 'latin1').catch(() => '') : ''
}
