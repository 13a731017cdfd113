import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { expectSame } from './expect-same.ts'
import { fingerprint, Repository } from './repository.ts'
import { checkouts } from './checkouts.ts'
import { agentBinary, TestGuest } from './test-guest.ts'

describe.skipIf(!existsSync(agentBinary))('workspace prepare (skipped when build/bin/banger-vsock-agent is missing)', () => {
  for (const [what, make] of Object.entries(checkouts))
    it(`makes the guest's repository the same: ${what}`, async () => {
      using repository = new Repository()
      vi.stubEnv('HOME', join(repository.top, 'home'))
      const { dir = repository.dir, mode = 'shallow', inner = [] } = make(repository) ?? {}
      await using guest = await TestGuest.start()
      const before = fingerprint(repository.top)
      await guest.prepare(dir, { mode })
      expect(fingerprint(repository.top)).toEqual(before)
      expectSame(repository, dir, guest.repo, inner)
      for (const path of inner) expectSame(repository, join(dir, path), join(guest.repo, path))
      expect(await guest.prepare(dir, { mode })).toMatchObject({ sent: 0, removed: 0 })
      expectSame(repository, dir, guest.repo, inner)
    })
})
