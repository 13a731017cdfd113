import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSafePath } from '../../../src/workspace/return/safe-path.ts'

const bytes = (text: string) => Buffer.from(text).toString('latin1')

describe('a path from a guest', () => {
  it('is written when it is an ordinary one', () => {
    const plain = [
      'a',
      'a/b',
      '.gitignore',
      'dir/.gitmodules',
      '.github/x',
      'git/config',
      '.gitx',
      'x.git/a',
      'a b',
      ' ',
      'back\\slash',
    ]
    for (const path of [...plain, bytes('ünï/😀')]) expect(isSafePath(path, 'file'), path).toBe(true)
    expect(isSafePath('a/link', 'link')).toBe(true)
  })

  it('is refused when it leads out', () => {
    for (const path of ['', '/a', '../a', 'a/../b', 'a//b', 'a/.', 'a\0b']) expect(isSafePath(path, 'file'), path).toBe(false)
  })

  it('is refused for what some system takes for .git', () => {
    const ntfs = [
      '.git',
      '.git/config',
      'a/.GIT/x',
      '.git.',
      '.git ',
      '.git . .',
      '.git::$INDEX_ALLOCATION',
      'git~1',
      'GIT~2/x',
      'a\\.git\\x',
    ]
    for (const path of [...ntfs, bytes('.g\u200cit'), bytes('\ufeff.git/x')]) expect(isSafePath(path, 'file'), path).toBe(false)
  })

  it('is refused for a link where git obeys the file', () => {
    for (const path of ['.gitmodules', 'a/.gitattributes', '.GITIGNORE']) expect(isSafePath(path, 'link'), path).toBe(false)
  })

  it('never has a name .git, however that is written', () => {
    const letter = (text: string) =>
      fc.tuple(fc.constantFrom(text, text.toUpperCase()), fc.constantFrom('', '\u200d')).map((parts) => parts.join(''))
    const variant = fc.tuple(letter('.'), letter('g'), letter('i'), letter('t'), fc.constantFrom('', '.', ' ', ':x'))
    fc.assert(
      fc.property(fc.constantFrom('', 'a/', 'a/b/'), variant, (prefix, parts) => {
        expect(isSafePath(bytes(prefix + parts.join('')), 'file')).toBe(false)
      }),
    )
  })
})
