import { copyFile, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { formatSettings, type Setting } from '../checkout/carried-config.ts'
import type { Checkout } from '../checkout/find-checkout.ts'
import type { CheckoutSettings } from '../checkout/read-settings.ts'
import { asUser, git, type GitPlace, isolated } from '../git/git.ts'
import { formatPackedRefs, parseRefs } from './refs.ts'

/** Operations under way that git tells of, and what it would commit next (gitrepository-layout(5)). */
export const pseudoRefs = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD']
const stateFiles = [...pseudoRefs, 'MERGE_MSG', 'MERGE_MODE', 'SQUASH_MSG']

/** Settings of every git folder of ours: it neither starts anything nor keeps books for later. */
const plain: Setting[] = [
  ['core.bare', 'false'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedcache', 'false'],
  ['core.splitindex', 'false'],
  ['core.hookspath', '/dev/null'],
  ['index.sparse', 'false'],
  ['pack.writereverseindex', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
].map(([key = '', value = '']) => ({ key, value }))

/** A git folder that stands for a checkout's: copies of its small files, its objects by reference. */
export interface Shadow {
  gitDir: string
  place: GitPlace
}

/**
 * Makes the folder that git works in for a checkout. The checkout's own is only read, and its configuration, hooks and
 * filters are not in the copy: whatever git does to the index or refreshes on the way, it does here.
 * @param shallow commits whose parents are to be unknown, besides the repository's own
 */
export async function makeShadow(
  host: Host,
  checkout: Checkout,
  settings: CheckoutSettings,
  gitDir: string,
  shallow: string[],
): Promise<Shadow> {
  const objects = join(checkout.commonDir, 'objects')
  for (const folder of ['objects/pack', 'refs', 'info']) await mkdir(join(gitDir, folder), { recursive: true })
  const write = (name: string, text: string) => writeFile(join(gitDir, name), text, 'latin1')
  const [head, refs] = await Promise.all([readHead(host, checkout), readRefs(host, checkout)])
  const ownShallow = (await readOptional(join(checkout.commonDir, 'shallow'))).split('\n').filter(Boolean)
  const allShallow = [...new Set([...ownShallow, ...shallow])]
  await Promise.all([
    write('HEAD', head),
    write('config', shadowConfig(checkout, settings, gitDir)),
    write('packed-refs', formatPackedRefs(refs.direct)),
    ...(allShallow.length > 0 ? [write('shallow', `${allShallow.join('\n')}\n`)] : []),
    write('info/user-exclude', settings.exclude),
    write('info/user-attributes', settings.attributes),
    copyOptional(join(checkout.commonDir, 'info/exclude'), join(gitDir, 'info/exclude')),
    copyOptional(join(checkout.commonDir, 'info/attributes'), join(gitDir, 'info/attributes')),
    copyOptional(join(checkout.gitDir, 'info/sparse-checkout'), join(gitDir, 'info/sparse-checkout')),
    ...stateFiles.map((name) => copyOptional(join(checkout.gitDir, name), join(gitDir, name))),
    ...Object.entries(refs.symbolic).map(async ([name, target]) => {
      await mkdir(join(gitDir, name, '..'), { recursive: true })
      await write(name, `ref: ${target}\n`)
    }),
    copyIndex(checkout.gitDir, gitDir),
  ])
  const shadow = { gitDir, place: isolated(gitDir, { worktree: checkout.top, objects: [objects] }) }
  await keepTrees(host, shadow)
  return shadow
}

/**
 * Whoever reads a sparse index has git write the folders' trees, and where they are written already, in the checkout's
 * object store, git renews their time. It finds them here first.
 */
async function keepTrees(host: Host, { gitDir, place }: Shadow): Promise<void> {
  const index = await readFile(join(gitDir, 'index')).catch(() => Buffer.alloc(0))
  if (!index.includes('sdir')) return
  const folders = (await git(host, place, ['-c', 'index.sparse=true', 'ls-files', '--sparse', '--stage', '-z']))
    .split('\0')
    .flatMap((line) => (line.startsWith('040000 ') ? (line.split(' ')[1] ?? []) : []))
  const args = ['rev-list', '--objects', '--filter=blob:none', 'HEAD^{tree}', ...folders]
  const input = await git(host, place, args)
  await git(host, place, ['pack-objects', '--window=0', '--quiet', join(gitDir, 'objects/pack/pack')], { input })
}

function shadowConfig(checkout: Checkout, { carried, stat }: CheckoutSettings, gitDir: string): string {
  return formatSettings([
    { key: 'core.repositoryformatversion', value: checkout.hash === 'sha1' ? '0' : '1' },
    ...carried,
    ...stat,
    ...plain,
    { key: 'core.excludesfile', value: join(gitDir, 'info/user-exclude') },
    { key: 'core.attributesfile', value: join(gitDir, 'info/user-attributes') },
  ])
}

/** As HEAD's file has it. That file itself says nothing in repositories that keep references otherwise. */
async function readHead(host: Host, { top }: Checkout): Promise<string> {
  const branch = await git(host, asUser(top), ['symbolic-ref', '--quiet', 'HEAD'], { allow: [1] })
  return branch ? `ref: ${branch}` : git(host, asUser(top), ['rev-parse', 'HEAD'])
}

async function readRefs(host: Host, { top }: Checkout) {
  const format = '%(objectname) %(refname) %(symref)'
  return parseRefs(await git(host, asUser(top), ['for-each-ref', `--format=${format}`]))
}

/**
 * The index as it is, with its time: git takes entries that are as new as the index for uncertain. A little older is
 * safe, and all that utimes(2) can say from here.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const names = (await readdir(from)).filter((name) => name === 'index' || name.startsWith('sharedindex.'))
  for (const name of names) {
    const { mtimeMs } = await stat(join(from, name))
    await copyFile(join(from, name), join(to, name))
    const seconds = (Math.floor(mtimeMs) - 1) / 1000
    await utimes(join(to, name), seconds, seconds)
  }
}

async function readOptional(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '')
}

async function copyOptional(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
