import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { type CpioEntry, cpioArchive } from '../../src/boot/cpio.ts'

const entries: CpioEntry[] = [
  { kind: 'folder', name: 'dev', mode: 0o755 },
  { kind: 'character-device', name: 'dev/console', mode: 0o600, major: 5, minor: 1 },
  { kind: 'file', name: 'init', mode: 0o755, content: Buffer.from('12345') },
  { kind: 'file', name: 'empty', mode: 0o644, content: Buffer.alloc(0) },
]

describe('cpioArchive', () => {
  test('writes what cpio reads, owned by root', () => {
    const archive = cpioArchive(entries)
    const listing = execFileSync('cpio', ['--list', '--verbose', '--numeric-uid-gid', '--quiet'], {
      input: archive,
      env: { ...process.env, TZ: 'UTC' },
    })
    const lines = listing
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '))
    expect(lines).toEqual([
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 dev',
      'crw------- 1 0 0 5, 1 Jan 1 1970 dev/console',
      '-rwxr-xr-x 1 0 0 5 Jan 1 1970 init',
      '-rw-r--r-- 1 0 0 0 Jan 1 1970 empty',
    ])
    expect(execFileSync('cpio', ['--extract', '--to-stdout', '--quiet', 'init'], { input: archive }).toString()).toBe('12345')
  })

  test('gives the same bytes for the same entries', () => {
    expect(cpioArchive(entries).equals(cpioArchive(entries))).toBe(true)
  })
})
