import { describe, expect, it } from 'vitest'
import { formatFields, formatTable } from '../../../src/client/output/table.ts'

describe('formatTable', () => {
  it('aligns columns under their titles, with a hyphen for nothing', () => {
    const rows = [
      { name: 'box', size: 2, ports: '' },
      { name: 'a-long-name', size: 2048, ports: '80' },
    ]
    expect(formatTable(rows, { name: (row) => row.name, size: (row) => row.size, ports: (row) => row.ports })).toBe(
      ['NAME         SIZE  PORTS', 'box          2     -', 'a-long-name  2048  80'].join('\n'),
    )
  })

  it('gives the titles alone for no rows', () => {
    expect(formatTable([], { name: () => '' })).toBe('NAME')
  })
})

describe('formatFields', () => {
  it('aligns values, indents further lines and leaves out what is not known', () => {
    expect(formatFields({ name: 'box', 'last stop': undefined, warnings: 'one\ntwo', memory: 0 })).toBe(
      ['name:      box', 'warnings:  one', '           two', 'memory:    0'].join('\n'),
    )
  })
})
