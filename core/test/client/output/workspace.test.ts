import { describe, expect, it } from 'vitest'
import { describePull, diffNotes } from '../../../src/client/output/workspace.ts'
import type { PulledWorkspace } from '../../../src/protocol/workspace.ts'

const nothing: PulledWorkspace = {
  guestPath: '/root/repo',
  source: '/src/shop',
  changes: [],
  conflicts: [],
  refs: [],
  warnings: [],
}

describe('what a pull says', () => {
  it('is that there is nothing new', () => {
    expect(describePull(nothing)).toBe('There is nothing new in /root/repo.')
  })

  it('lists what was brought, as git does', () => {
    const changes = [
      { path: 'a b', change: 'changed' as const },
      { path: 'c', change: 'removed' as const },
    ]
    expect(describePull({ ...nothing, changes })).toBe('Brought to /src/shop:\nM a b\nD c')
  })

  it('names the way on for conflicts and commits', () => {
    const refs = [{ name: 'main', ref: 'refs/banger/box/heads/main', commit: '1' }]
    const text = describePull({ ...nothing, refs, conflicts: ['x'], conflictRef: 'refs/banger/box/conflicts' })
    expect(text).toContain('git merge refs/banger/box/heads/main')
    expect(text).toContain('git checkout refs/banger/box/conflicts -- FILE')
  })

  it('quotes names that a shell would obey', () => {
    const refs = [{ name: 'x', ref: `refs/banger/box/heads/x;reboot'`, commit: '1' }]
    expect(describePull({ ...nothing, refs })).toContain(String.raw`git merge 'refs/banger/box/heads/x;reboot'\'''`)
  })
})

describe('notes beside a diff', () => {
  it('tell of commits, and of nothing at all', () => {
    const diff = { ...nothing, commits: [], text: '' }
    expect(diffNotes(diff)).toEqual([expect.stringContaining('Nothing has changed')])
    expect(diffNotes({ ...diff, commits: ['main'] })).toEqual([expect.stringContaining('of: main')])
  })
})
