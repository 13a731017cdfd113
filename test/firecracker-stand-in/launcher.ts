import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes the stand-in a program, for `firecracker_bin`, and a jailer beside it.
 * @param folder made when missing
 * @returns absolute path of the program
 */
export function installStandIn(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, 'firecracker')
  const main = join(import.meta.dirname, 'main.ts')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${main}' "$@"\n`)
  chmodSync(program, 0o755)
  copyFileSync(join(import.meta.dirname, 'jailer.sh'), join(folder, 'jailer'))
  chmodSync(join(folder, 'jailer'), 0o755)
  return program
}
