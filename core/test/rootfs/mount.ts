import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from './debugfs.ts'

/** Why ext4 files cannot be mounted here, '' when they can. */
export const mountObstacle = findObstacle()

/** Attributes that may not be set here (a container's root may not), as a pattern of their names; undefined when all may. */
export const forbiddenXattrs = mayTrust() ? undefined : /^trusted\./

/** How images are compared with trees here, for titles of tests. */
export const way = [
  mountObstacle ? `not mounted, since it cannot be (${mountObstacle}), but read by debugfs` : 'mounted read-only',
  ...(forbiddenXattrs ? ['without trusted attributes, which may not be set'] : []),
].join('; ')

/** Mounts an ext4 file read-only. */
export function withMount<T>(image: string, run: (mounted: string) => T): T {
  const mounted = mkdtempSync(join(tmpdir(), 'banger-mounted-'))
  try {
    execFileSync('mount', ['-o', 'loop,ro', image, mounted], { stdio: 'pipe' })
    try {
      return run(mounted)
    } finally {
      execFileSync('umount', [mounted])
    }
  } finally {
    rmSync(mounted, { recursive: true })
  }
}

function mayTrust(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'banger-trusted-'))
  const { status } = spawnSync('setfattr', ['--name=trusted.test', '--value=x', folder])
  rmSync(folder, { recursive: true })
  return status === 0
}

function findObstacle(): string {
  if (process.getuid?.() !== 0) return 'only root may mount'
  const folder = mkdtempSync(join(tmpdir(), 'banger-mount-'))
  try {
    const image = join(folder, 'image')
    writeFileSync(image, '')
    execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', image, '1M'], { stdio: 'pipe', env })
    const { status, stderr } = spawnSync('mount', ['-o', 'loop,ro', image, folder], { encoding: 'utf8' })
    if (status === 0) execFileSync('umount', [folder])
    return status === 0 ? '' : `${stderr.trim().split('\n')[0]}`
  } catch (error) {
    return String(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
