import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readGuest } from '../../../src/client/copy/read-guest.ts'
import { writeHost } from '../../../src/client/copy/write-host.ts'
import { layer, makeTar, type Member } from '../../rootfs/make-tar.ts'

/** Beside the target there is a folder that nothing may change; within it a link there. */
describe('a guest that sends what it should not', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'banger-hostile-'))
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other/file'), 'mine')
    mkdirSync(join(folder, 'target'))
    symlinkSync('../other', join(folder, 'target/link'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function receive(tar: Buffer, name: string | undefined) {
    const { entries } = readGuest(layer(tar, 999), 'box')
    return writeHost(
      entries,
      { folder: join(folder, 'target'), name },
      { vm: 'box', onBytes: () => undefined, signal: new AbortController().signal },
    )
  }

  function outside(): unknown {
    return [readdirSync(folder), readdirSync(join(folder, 'other')), readFileSync(join(folder, 'other/file'), 'utf8')]
  }

  const top: Member = { path: 'x/', type: 'directory' }
  const cases: [string, Member[]][] = [
    ['a name that climbs', [top, { path: 'x/../../other/file' }]],
    ['an absolute name', [top, { path: '/tmp/x' }]],
    ['another top', [top, { path: 'y' }]],
    ['a name with a zero byte', [top, { path: 'x/a', pax: [['path', 'x/a\0b']] }]],
    ['an empty part', [top, { path: 'x//a' }]],
    ['a link and something through it', [top, { path: 'x/l', type: 'symlink', target: '../../other' }, { path: 'x/l/file' }]],
    ['a link as the top and something through it', [{ path: 'x', type: 'symlink', target: '../other' }, { path: 'x/file' }]],
    [
      'a folder twice, a link in between',
      [top, { path: 'x/a/', type: 'directory' }, { path: 'x/a', type: 'symlink', target: '..' }],
    ],
    ['a file twice', [top, { path: 'x/a' }, { path: 'x/a' }]],
    ['something in a folder that it did not send', [top, { path: 'x/a/b' }]],
    ['something in a file', [top, { path: 'x/a' }, { path: 'x/a/b' }]],
    ['a hard link to a file of the host', [top, { path: 'x/a', type: 'hardlink', target: '../other/file' }]],
    ['a hard link to an absolute name', [top, { path: 'x/a', type: 'hardlink', target: '/etc/passwd' }]],
    [
      'a hard link to a link',
      [top, { path: 'x/l', type: 'symlink', target: '../../other/file' }, { path: 'x/a', type: 'hardlink', target: 'x/l' }],
    ],
    ['nothing', []],
  ]
  it.each(cases)('is refused: %s', async (_, members) => {
    const before = outside()
    await expect(receive(makeTar(members), 'x')).rejects.toMatchObject({ code: 'guest.refused' })
    expect(outside()).toEqual(before)
    expect(readdirSync(join(folder, 'target'))).toEqual(['link'])
  })

  it('is refused when the tar is broken or breaks off', async () => {
    const tar = makeTar([top, { path: 'x/file', content: 'x'.repeat(5000) }])
    for (const broken of [tar.subarray(0, 2000), Buffer.from('no tar at all'.repeat(100)), Buffer.alloc(0)])
      await expect(receive(broken, 'x')).rejects.toMatchObject({ code: 'guest.refused' })
    expect(readdirSync(join(folder, 'target'))).toEqual(['link'])
  })

  it('does not choose the name of what was asked for', async () => {
    await receive(makeTar([{ path: '../../other/file', content: 'sent' }]), 'mine')
    expect(readFileSync(join(folder, 'target/mine'), 'utf8')).toBe('sent')
    expect(readFileSync(join(folder, 'other/file'), 'utf8')).toBe('mine')
  })

  it('never writes through a link that is in the target already', async () => {
    for (const name of ['link', undefined]) {
      const members: Member[] = name
        ? [{ path: 'x/', type: 'directory' }, { path: 'x/file' }]
        : [top, { path: 'x/link/', type: 'directory' }, { path: 'x/link/file' }]
      await expect(receive(makeTar(members), name)).rejects.toMatchObject({ code: 'copy.refused' })
    }
    expect(readFileSync(join(folder, 'other/file'), 'utf8')).toBe('mine')
    // A file replaces the link itself.
    await receive(makeTar([{ path: 'x', content: 'new' }]), 'link')
    expect([readFileSync(join(folder, 'target/link'), 'utf8'), readFileSync(join(folder, 'other/file'), 'utf8')]).toEqual([
      'new',
      'mine',
    ])
  })

  it('gets no set-id bits, and no devices', async () => {
    const { statSync } = await import('node:fs')
    const members: Member[] = [
      { ...top, mode: 0o7755 },
      { path: 'x/a', mode: 0o6755 },
      { path: 'x/null', type: 'character', device: [1, 3] },
      { path: 'x/p', type: 'fifo' },
    ]
    const source = readGuest(layer(makeTar(members)), 'box')
    await writeHost(
      source.entries,
      { folder: join(folder, 'target'), name: 'x' },
      { vm: 'box', onBytes: () => undefined, signal: new AbortController().signal },
    )
    const modes = ['x', 'x/a'].map((name) => statSync(join(folder, 'target', name)).mode & 0o7777)
    expect([source.leftOut, readdirSync(join(folder, 'target/x')), modes]).toEqual([2, ['a'], [0o755, 0o755]])
  })

  it('leaves nothing when the copy is given up', async () => {
    const abort = new AbortController()
    const tar = makeTar([top, { path: 'x/file', content: Buffer.alloc(100_000) }])
    const source = readGuest(layer(tar, 999), 'box')
    const options = { vm: 'box', onBytes: (bytes: number) => bytes > 0 && abort.abort(), signal: abort.signal }
    await expect(writeHost(source.entries, { folder: join(folder, 'target'), name: 'x' }, options)).rejects.toThrow()
    expect(readdirSync(join(folder, 'target'))).toEqual(['link'])
  })

  it('never changes anything outside of the target, whatever it sends', async () => {
    const part = fc.constantFrom('a', 'b', 'link', '..', '.', '', 'other', 'file')
    const path = fc.array(part, { maxLength: 4 }).map((parts) => ['x', ...parts].join('/'))
    const member = fc.record({
      path: fc.oneof(
        path,
        path.map((text) => text.slice(2)),
      ),
      type: fc.constantFrom('file', 'directory', 'symlink', 'hardlink', 'fifo') as fc.Arbitrary<NonNullable<Member['type']>>,
      target: fc.oneof(path, fc.constantFrom('../other', '../../other/file', '/', folder)),
      content: fc.constant('sent'),
    })
    const before = outside()
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 8 }), fc.constantFrom('x', 'link', undefined), async (members, name) => {
        await receive(
          makeTar([top, ...members.map((sent) => (sent.type === 'file' ? sent : { ...sent, content: '' }))]),
          name,
        ).catch(() => undefined)
        expect(outside()).toEqual(before)
      }),
      { numRuns: 300 },
    )
  })
})
