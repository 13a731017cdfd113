import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTooling } from '../../src/workspace/start-tooling.ts'
import { agentBinary, TestGuest } from './test-guest.ts'

describe.skipIf(!existsSync(agentBinary))('the tooling bootstrap (skipped without build/bin/banger-vsock-agent)', () => {
  let guest: TestGuest
  let home: string

  beforeEach(async () => {
    guest = await TestGuest.start()
    home = join(guest.folder, 'home')
    mkdirSync(guest.repo, { recursive: true })
    mkdirSync(join(home, '.local/bin'), { recursive: true })
  })
  afterEach(() => guest[Symbol.asyncDispose]())

  const program = (name: string, script: string) => {
    writeFileSync(join(home, '.local/bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(home, '.local/bin', name), 0o755)
  }
  const start = () => startTooling(guest.context.agent, guest.repo, '/src/my shop', new AbortController().signal, home)
  const logged = (log: string, text: RegExp) => expect.poll(() => readFileSync(log, 'utf8'), { timeout: 10_000 }).toMatch(text)

  it('installs what the checkout names with the mise that is there, without anybody waiting for it', async () => {
    writeFileSync(join(guest.repo, '.tool-versions'), 'node 22\n')
    program('mise', `[ "$1" = trust ] || sleep 1; echo "mise $* in $(pwd)"`)
    const log = await start()
    expect(log).toBe(join(home, '.cache/banger/vm-run-tooling-my_shop.log'))
    await logged(log, /named in \.tool-versions/)
    expect(readFileSync(log, 'utf8')).not.toContain('ended')
    await logged(log, /mise trust in .*repo\nmise install --yes in .*repo\nbanger: mise install ended with status 0\n$/)
  })

  it('says that a checkout names no tools', async () => {
    await logged(await start(), /names no tools/)
  })

  it('says what became of fetching mise, and stops there', async () => {
    writeFileSync(join(guest.repo, 'mise.toml'), '')
    program('curl', 'echo "no way to $*" >&2; exit 6')
    await logged(await start(), /named in mise\.toml.*no way to .*https:\/\/mise\.run.*could not be installed/s)
  })

  it('installs mise where it can be fetched', async () => {
    writeFileSync(join(guest.repo, 'mise.toml'), '')
    program('curl', `echo "printf '#!/bin/sh\\necho \\"mise \\$1\\"\\n' > $HOME/.local/bin/mise; chmod +x $HOME/.local/bin/mise"`)
    await logged(await start(), /mise trust\nmise install\nbanger: mise install ended with status 0/)
  })

  it('logs that the install failed', async () => {
    writeFileSync(join(guest.repo, '.mise.toml'), '')
    program('mise', '[ "$1" = trust ] || { echo broken >&2; exit 3; }')
    await logged(await start(), /broken\nbanger: mise install ended with status 3/)
  })
})
