import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agentPath } from '../../src/boot/agent-path.ts'

describe("the agent's path", () => {
  let prefix = ''
  beforeEach(async () => {
    prefix = await mkdtemp(join(tmpdir(), 'banger-agent-path-'))
    await mkdir(join(prefix, 'lib/banger'), { recursive: true })
  })
  afterEach(() => rm(prefix, { recursive: true }))

  it("is among the program's files where it was installed", async () => {
    const installed = join(prefix, 'lib/banger/banger-vsock-agent')
    await writeFile(installed, '')
    expect(agentPath(join(prefix, 'lib/banger'))).toBe(installed)
  })

  it('is beside the programs in a built repository', () => {
    expect(agentPath(join(prefix, 'lib/banger'))).toBe(join(prefix, 'bin/banger-vsock-agent'))
  })
})
