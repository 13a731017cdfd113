import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'

/**
 * What no VMM here can show: that the agent serves vsock. The agent's own test of it runs inside a guest, whose kernel can connect to
 * itself; on the machine of the tests it is skipped for want of that.
 */
describe('in a guest', () => {
  const banger = new Banger(inject('home'))

  it('the agent serves a vsock port', async ({ onTestFinished }) => {
    const program = join(banger.home, 'channel.test')
    const agent = join(import.meta.dirname, '../../agent')
    execFileSync('go', ['test', '-c', '-o', program, './channel'], { cwd: agent, env: { ...process.env, CGO_ENABLED: '0' } })
    await banger.ok(['vm', 'create', '--name', 'vsock', '--memory', '512M'])
    onTestFinished(async () => void (await banger.run(['vm', 'delete', '--force', 'vsock'])))
    await banger.ok(['vm', 'cp', program, 'vsock:/tmp/channel.test'])
    const run = 'modprobe vsock_loopback && /tmp/channel.test -test.v -test.run Vsock'
    const said = await banger.ok(['vm', 'exec', 'vsock', '--', 'sh', '-c', run])
    expect(said).toContain('--- PASS: TestAVsockConnectionCarriesBytesAndEnds')
  })
})
