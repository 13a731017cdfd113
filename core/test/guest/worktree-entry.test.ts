import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntry, encodeEntry, type EntryKind, entryOf } from '../../src/guest/worktree-entry.ts'
import { WorktreeReader } from '../../src/guest/worktree-reader.ts'

const name = fc
  .uint8Array({ minLength: 1, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replace(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..')
const entry = fc.record({
  kind: fc.constantFrom<EntryKind>('file', 'link', 'folder', 'other', 'absent', 'pruned'),
  mode: fc.nat(0o7777),
  modified: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  size: fc.nat(2 ** 40),
  stamp: fc.constantFrom('-', '2t5x.dn3i.4'),
  hash: fc.constantFrom('-', 'c1b0730e0133447badcfd47fd144e254807b06e1'),
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
})

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function readAll(source: AsyncIterable<Buffer>): Promise<{ head: string; content: string }[]> {
  const reader = new WorktreeReader(source)
  const all = []
  for (let next = await reader.next(); next; next = await reader.next()) {
    let content = ''
    if (next.kind === 'file' || next.kind === 'link')
      for await (const piece of reader.content(next.size)) content += piece.toString('latin1')
    all.push({ head: encodeEntry(next), content })
  }
  return all
}

describe('worktree entries', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(entry, (one) => {
        expect(decodeEntry(encodeEntry(one).slice(0, -1))).toEqual(one)
      }),
    )
  })

  it('refuse paths that lead out', () => {
    for (const path of ['..', 'a/..', '../a', '/a', 'a//b', 'a/', '', './a', 'a/./b', 'a\0b'])
      expect(() => decodeEntry(encodeEntry(entryOf('file', path)).slice(0, -1)), path).toThrow(RangeError)
    expect(() => decodeEntry(encodeEntry(entryOf('file', '.')).slice(0, -1))).toThrow(RangeError)
    expect(decodeEntry(encodeEntry(entryOf('folder', '.')).slice(0, -1)).path).toBe('.')
  })

  it('take any text for an entry or for an error, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          decodeEntry(text)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })

  it('are those of the golden stream, however it is cut', async () => {
    const golden = readFileSync(join(import.meta.dirname, '../../../agent/testdata/worktree-entries'))
    for (const size of [1, 7, golden.length]) {
      const all = await readAll(chunked(golden, size))
      expect(all.map(({ head, content }) => head + content).join('')).toBe(golden.toString('latin1'))
      expect(all.map(({ content }) => content).filter(Boolean)).toEqual(['content', 'target'])
    }
  })

  it('are refused where the stream ends early', async () => {
    const whole = Buffer.from(`${encodeEntry(entryOf('file', 'a', { size: 3 }))}abc`, 'latin1')
    for (let end = 1; end < whole.length; end++)
      await expect(readAll(chunked(whole.subarray(0, end), 5))).rejects.toThrow(RangeError)
  })
})
