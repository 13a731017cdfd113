import { open, readdir, readlink, stat, truncate } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail } from '../errors.ts'
import type { Host } from '../hooks/host.ts'

interface Entry {
  /** Relative to the release folder. */
  path: string
  kind: 'folder' | 'file' | 'link'
  /** Bytes of a file. */
  size: number
}

const blockSize = 4096
/** Fixed, so that the same modules always give the same image. */
const uuid = '6b61d4f5-6e0c-4ac5-9c43-9e3a44d5a1f0'
/** Seconds since 1970 for every timestamp in the image: 2024-01-01. */
const timestamp = '1704067200'
/** Named one by one, so that neither the host's mke2fs.conf nor a newer default asks for more than an old guest kernel knows. */
const features = 'none,dir_index,ext_attr,extent,extra_isize,filetype,flex_bg,large_file,metadata_csum,sparse_super'

/**
 * Writes the content of a `/lib/modules/<release>` folder to an ext4 image that is no larger than needed. Everything in it
 * belongs to root whoever calls, and the same input gives the same bytes. Needs no privileges.
 * @param source the release folder; its links named `build` and `source` are left out
 * @param target the image's path; overwritten
 * @throws kernel.invalid when a name in the folder is no module's
 * @throws tool.missing, tool.failed from mke2fs and debugfs
 */
export async function buildModulesImage(
  source: string,
  target: string,
  options: { host: Host; signal?: AbortSignal },
): Promise<void> {
  const { host, signal } = options
  const entries = await listEntries(source)
  const { blocks, inodes } = measure(entries)
  const env = { E2FSPROGS_FAKE_TIME: timestamp, SOURCE_DATE_EPOCH: timestamp }
  await (await open(target, 'w')).close()
  await truncate(target, blocks * blockSize)
  const geometry = ['-b', String(blockSize), '-I', '256', '-N', String(inodes), '-m', '0', '-U', uuid]
  const extended = `root_owner=0:0,hash_seed=${uuid},lazy_itable_init=0,nodiscard`
  await host.run('mke2fs', ['-q', '-F', '-t', 'ext4', ...geometry, '-O', features, '-E', extended, target, String(blocks)], {
    env,
    signal,
  })
  const { stderr } = await host.run('debugfs', ['-w', '-f', '-', target], {
    cwd: source,
    input: await fillScript(source, entries),
    env,
    signal,
  })
  // debugfs exits with 0 whatever happened; after its version line, stderr has nothing but failures.
  const failure = stderr.split('\n').find((line) => line !== '' && !line.startsWith('debugfs 1.'))
  if (failure)
    throw fail('tool.failed', {
      tool: 'debugfs',
      reason: failure,
      advice: 'Is the disk full? Otherwise this is a bug in banger.',
    })
}

async function listEntries(source: string): Promise<Entry[]> {
  const found = await readdir(source, { recursive: true, withFileTypes: true })
  const entries = await Promise.all(
    found.map(async (item): Promise<Entry | undefined> => {
      const absolute = join(item.parentPath, item.name)
      const path = absolute.slice(source.replace(/\/+$/, '').length + 1)
      if (path === 'build' || path === 'source') return undefined
      // The names go to debugfs as commands.
      if (!/^[\w.+,@=~-]+$/.test(item.name))
        throw fail('kernel.invalid', { path: absolute, reason: 'it has a name that no module has' })
      if (item.isDirectory()) return { path, kind: 'folder', size: 0 }
      if (item.isSymbolicLink()) return { path, kind: 'link', size: 0 }
      return item.isFile() ? { path, kind: 'file', size: (await stat(absolute)).size } : undefined
    }),
  )
  // Sorted, parents come before what they hold.
  return entries.filter((entry) => entry !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Blocks and inodes that the image needs, with a little room for directories, extents and ext4's own tables. */
function measure(entries: Entry[]): { blocks: number; inodes: number } {
  const inodes = entries.length + 64
  const data = entries.reduce((sum, { kind, size }) => sum + (kind === 'folder' ? 2 : Math.ceil(size / blockSize)), 0)
  const tables = Math.ceil((inodes * 256) / blockSize)
  return { inodes, blocks: Math.ceil((data + tables) * 1.005) + 256 }
}

/** debugfs runs inside `source`, so every path is relative and free of spaces. */
async function fillScript(source: string, entries: Entry[]): Promise<string> {
  const lines: string[] = []
  let folder = '.'
  for (const { path, kind } of entries) {
    if (dirname(path) !== folder) {
      folder = dirname(path)
      lines.push(`cd /${folder === '.' ? '' : folder}`)
    }
    if (kind === 'folder') lines.push(`mkdir ${basename(path)}`)
    if (kind === 'file') lines.push(`write ${path} ${basename(path)}`)
    if (kind === 'link') {
      const destination = await readlink(join(source, path))
      if (!/^[\w./+,@=~-]+$/.test(destination))
        throw fail('kernel.invalid', { path: join(source, path), reason: 'it is a link with an odd target' })
      lines.push(`symlink ${basename(path)} ${destination}`)
    }
  }
  return `${lines.join('\n')}\n`
}
