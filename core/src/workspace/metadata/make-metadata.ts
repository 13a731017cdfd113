import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { formatSettings } from '../checkout/carried-config.ts'
import { neededObjects, type Objects, packObjects } from './pack-objects.ts'
import type { Source } from './read-source.ts'
import { formatPackedRefs } from './refs.ts'

/** Files of a shadow that a guest's repository has as they are, where they are there. */
const copied = [
  'HEAD',
  'index',
  'info/exclude',
  'info/attributes',
  'info/sparse-checkout',
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'SQUASH_MSG',
]

/**
 * Makes the git folder of a guest's repository: a repository of its own, whatever the checkout is on the host. It has no
 * hooks, no reference logs and no stash.
 * @param have objects that the guest has
 * @param guestFolder absolute path of the repository in the guest
 * @param folder where to make it; must not exist
 * @returns the objects that it needs
 */
export async function makeMetadata(
  host: Host,
  source: Source,
  have: Objects,
  guestFolder: string,
  folder: string,
): Promise<Objects> {
  const { shadow, history, settings, index } = source
  for (const name of ['info', 'objects/pack', 'refs/heads', 'refs/tags']) await mkdir(join(folder, name), { recursive: true })
  const write = (name: string, text: string) => writeFile(join(folder, name), text, 'latin1')
  const shallow = history.shallow.map((commit) => `${commit}\n`).join('')
  // What is packed must end where the guest's history does.
  if (shallow) await Promise.all([write('shallow', shallow), writeFile(join(shadow.gitDir, 'shallow'), shallow)])
  const needed = await neededObjects(host, shadow, history.tips, history.head, index)
  await Promise.all([
    ...copied.map((name) => copyFile(join(shadow.gitDir, name), join(folder, name)).catch(passOver)),
    cp(join(shadow.gitDir, 'refs/remotes'), join(folder, 'refs/remotes'), { recursive: true }).catch(passOver),
    write('config', guestConfig(source, guestFolder)),
    write('packed-refs', formatPackedRefs(history.refs)),
    ...(settings.exclude ? [write('info/user-exclude', settings.exclude)] : []),
    ...(settings.attributes ? [write('info/user-attributes', settings.attributes)] : []),
    packObjects(host, shadow, needed, have, join(folder, 'objects/pack')),
  ])
  return needed
}

/**
 * Files have other numbers in the guest than those that the index was written with. What git then has to go by are times
 * and sizes, which are the same.
 */
function guestConfig({ checkout, settings }: Source, guestFolder: string): string {
  const own = {
    'core.repositoryformatversion': checkout.hash === 'sha1' ? '0' : '1',
    'core.bare': 'false',
    'core.checkstat': 'minimal',
    'core.trustctime': 'false',
    ...(settings.exclude ? { 'core.excludesfile': `${guestFolder}/.git/info/user-exclude` } : {}),
    ...(settings.attributes ? { 'core.attributesfile': `${guestFolder}/.git/info/user-attributes` } : {}),
  }
  return formatSettings([...settings.carried, ...Object.entries(own).map(([key, value]) => ({ key, value }))])
}

function passOver(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
