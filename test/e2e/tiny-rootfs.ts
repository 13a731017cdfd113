import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Makes a root filesystem that boots in a second: programs of this machine, what libraries they need, and files.
 * @param folder absolute; made
 * @param programs names, found in PATH; each goes to /bin
 * @param files text by path: `/etc/os-release`. Scripts are made executable
 */
export function makeTinyRootfs(folder: string, programs: string[], files: Record<string, string> = {}): void {
  const found = programs.map((name) => execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim())
  for (const program of found) copy(program, join(folder, 'bin', program.split('/').at(-1) ?? ''))
  // lines are `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`, or the loader's path alone
  const libraries = execFileSync('ldd', found, { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)
  for (const [, library = ''] of libraries) copy(library, join(folder, library))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    if (text.startsWith('#!')) chmodSync(join(folder, path), 0o755)
  }
}

function copy(from: string, to: string): void {
  cpSync(realpathSync(from), to, { recursive: true })
}
