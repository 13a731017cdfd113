import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A tar of a root filesystem with nothing but /etc/os-release.
 * @param {string} id of the distribution
 * @returns {Buffer}
 */
export function smallTar(id) {
  const folder = mkdtempSync(join(tmpdir(), 'http-rootfs-'))
  try {
    mkdirSync(join(folder, 'etc'))
    writeFileSync(join(folder, 'etc/os-release'), `ID=${id}\n`)
    return execFileSync('tar', ['--create', `--directory=${folder}`, '.'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string | Buffer} bytes */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
