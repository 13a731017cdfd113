import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Makes the git folder that keeps contents which only a workspace has, unless it is there. Nothing in it but its own
 * configuration says how git works in it, and names are refused that would be `.git` on some system.
 */
export async function makeContentStore(gitDir: string, hash: 'sha1' | 'sha256', exclude: string): Promise<void> {
  for (const folder of ['objects', 'refs', 'info']) await mkdir(join(gitDir, folder), { recursive: true, mode: 0o700 })
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n')
  await writeFile(join(gitDir, 'config'), config[hash])
  await writeFile(join(gitDir, 'info/exclude'), exclude, 'latin1')
}

const common = '[core]\n\tbare = true\n\tprotectHFS = true\n\tprotectNTFS = true\n\tautocrlf = false\n[gc]\n\tauto = 0\n'

const config = {
  sha1: `${common}[core]\n\trepositoryFormatVersion = 0\n`,
  sha256: `${common}[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tobjectFormat = sha256\n`,
}
