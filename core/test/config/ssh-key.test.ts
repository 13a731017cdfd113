import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureSshKey, generateKeyPair } from '../../src/config/ssh-key.ts'

describe('the key that guests let in', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const own = () => join(folder, 'ssh', 'id_ed25519')

  it('is made once, is private, and is one that ssh-keygen reads', async () => {
    const key = await ensureSshKey({ own: own(), configFile: 'config.toml' })
    expect(statSync(key.path).mode & 0o777).toBe(0o600)
    expect(execFileSync('ssh-keygen', ['-y', '-f', key.path], { encoding: 'utf8' }).split(' ')[1]).toBe(
      key.publicKey.split(' ')[1],
    )
    const before = readFileSync(own(), 'utf8')
    expect((await ensureSshKey({ own: own(), configFile: 'config.toml' })).publicKey).toBe(key.publicKey)
    expect(readFileSync(own(), 'utf8')).toBe(before)
  })

  it('is whole each time that one is made', () => {
    const pairs = Array.from({ length: 1500 }, () => generateKeyPair('x'))
    expect(pairs.filter((pair) => ssh2.utils.parseKey(pair.private) instanceof Error)).toEqual([])
  })

  it('is the configured one where there is one, which must exist', async () => {
    const configured = join(folder, 'nowhere')
    await expect(ensureSshKey({ configured, own: own(), configFile: 'config.toml' })).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('ssh_key_path'),
    })
  })
})
