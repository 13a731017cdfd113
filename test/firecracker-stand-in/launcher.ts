import { spawnSync } from 'node:child_process'
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

/** Why no other user can run the stand-in here, or undefined. */
export function jailProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can use a jailer'
  const main = join(import.meta.dirname, 'main.ts')
  const other = ['--reuid', '1879048192', '--regid', '1879048192', '--clear-groups']
  const { status } = spawnSync('setpriv', [...other, process.execPath, main, '--version'], { cwd: '/', stdio: 'ignore' })
  return status === 0 ? undefined : 'other users cannot read this checkout or its Node'
}
