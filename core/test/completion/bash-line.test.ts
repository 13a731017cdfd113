import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteForBash, readBashLine } from '../../src/completion/bash-line.ts'

describe('a command line of bash', () => {
  it('is taken apart up to the cursor', () => {
    expect(readBashLine('banger vm show te').words).toEqual(['banger', 'vm', 'show', 'te'])
    expect(readBashLine('banger  vm\tshow ').words).toEqual(['banger', 'vm', 'show', ''])
    expect(readBashLine('').words).toEqual([''])
  })

  it('loses its quotes, and tells which one is open', () => {
    expect(readBashLine(`banger 'a b' "c \\" \\d" e\\ f`).words).toEqual(['banger', 'a b', 'c " \\d', 'e f'])
    expect(readBashLine('banger "a b')).toEqual({ words: ['banger', 'a b'], quote: '"', redirected: false })
    expect(readBashLine("banger '' 'x")).toEqual({ words: ['banger', '', 'x'], quote: "'", redirected: false })
  })

  it('has files that are no words of the command', () => {
    expect(readBashLine('banger vm logs box >log 2>&1 --fol').words).toEqual(['banger', 'vm', 'logs', 'box', '--fol'])
    expect(readBashLine('banger vm logs box > lo').redirected).toBe(true)
    expect(readBashLine('banger vm logs box > log ').redirected).toBe(false)
  })

  it('is read as it was quoted, in every kind of quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), fc.constantFrom('', '"', "'"), (words, quote) => {
        const line = words.map((word) => `${quote}${quoteForBash(word, quote as '"')}${quote}`).join(' ')
        expect(readBashLine(`${line} `).words).toEqual([...words, ''])
      }),
    )
  })

  it('is quoted as bash itself reads it', () => {
    const words = [
      'a b',
      `it's`,
      '"x"',
      '$HOME',
      '`id`',
      '!!',
      '*',
      '~',
      'a;b&c|d',
      '(x)',
      '#no',
      '{a,b}',
      '\\',
      'ümläut',
      'a=b:c@d',
    ]
    for (const quote of ['', '"', "'"] as const) {
      const line = words.map((word) => `${quote}${quoteForBash(word, quote)}${quote}`).join(' ')
      expect(spawnSync('bash', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }).stdout).toBe(
        words.map((word) => `${word}\n`).join(''),
      )
    }
  })
})
