import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { suggestCommand } from '../../src/cli/suggest-command.ts'

const ids = [
  'vm',
  'vm:list',
  'vm:run',
  'vm:ssh',
  'vm:exec',
  'vm:delete',
  'vm:session',
  'vm:session:list',
  'vm:session:attach',
  'vm:workspace:pull',
  'image',
  'image:list',
  'image:pull',
  'kernel',
  'kernel:list',
  'kernel:pull',
  'doctor',
]
const suggest = (line: string) => suggestCommand(line.split(' '), ids).map((id) => id.replaceAll(':', ' '))

describe('the command that was meant', () => {
  it.each([
    ['vm lst', 'vm list'],
    ['vn list', 'vm list'],
    ['VM List', 'vm list'],
    ['vm rnu', 'vm run'],
    ['docter', 'doctor'],
    ['images', 'image'],
    ['vm exce box ls', 'vm exec'],
    ['vm session lst box', 'vm session list'],
  ])('is found when it is misspelt: %s', (line, meant) => {
    expect(suggest(line)).toEqual([meant])
  })

  it.each([
    ['list', 'vm list'],
    ['lits', 'vm list'],
    ['run', 'vm run'],
    ['session list box', 'vm session list'],
    ['vm attach box build', 'vm session attach'],
    ['workspace pull', 'vm workspace pull'],
  ])('is found without its topic: %s', (line, meant) => {
    expect(suggest(line)).toEqual([meant])
  })

  it.each([
    ['ps', 'vm list'],
    ['rm box', 'vm delete'],
    ['image ls', 'image list'],
    ['shell box', 'vm ssh'],
  ])("is found by another tool's word: %s", (line, meant) => {
    expect(suggest(line)).toEqual([meant])
  })

  it('is one of several where nothing tells them apart', () => {
    expect(suggest('pull debian')).toEqual(['image pull', 'kernel pull'])
  })

  it('is not guessed at where nothing is near', () => {
    for (const line of ['frobnicate', 'vm frobnicate', 'x', '']) expect(suggest(line)).toEqual([])
  })

  it('is one that there is, for any words', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('vm', 'list', 'pull', 'constructor'))), (words) => {
        for (const id of suggestCommand(words, ids)) expect(ids).toContain(id)
      }),
    )
  })
})
