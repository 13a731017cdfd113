import { describe, expect, inject, it } from 'vitest'
import { Banger } from './banger.ts'

describe('a guest is ready', () => {
  const banger = new Banger(inject('home'))

  it('before its systemd has finished booting, since the agent does not wait for the init', async () => {
    const [image] = await banger.images()
    expect(image?.init).not.toBe('')
    // systemd-run state right after create: still starting, or not even there yet
    const state = await banger.run(['vm', 'run', '--', 'sh', '-c', 'systemctl is-system-running 2>&1; cat /proc/uptime'])
    expect(state.stdout).toMatch(/initializing|starting|offline|not been booted|Failed to connect/)
  })

  it('as early with systemd as without an init', async () => {
    const withInit = await uptimeAtFirstExec(banger, [])
    const [image] = await banger.images()
    await banger.ok(['image', 'pull', `${image?.source}/minimal`, '--name', 'minimal'])
    const without = await uptimeAtFirstExec(banger, ['--image', 'minimal'])
    await banger.ok(['image', 'delete', 'minimal'])
    // guest seconds since the kernel began; both wait for the same agent, so they differ by noise
    expect(withInit).toBeLessThan(without + 3)
  })

  it('with a systemd in which no unit failed', async () => {
    await banger.ok(['vm', 'create', '--name', 'healthy'])
    const { stdout } = await banger.run(['vm', 'exec', 'healthy', '--', 'sh', '-c', settled])
    expect(stdout.trim().split('\n')).toEqual(['running'])
    await banger.ok(['vm', 'delete', '--force', 'healthy'])
  })
})

/** Waits until systemd has finished booting; says how, and names the units that failed. */
const settled =
  'until systemctl is-system-running | grep -qE "running|degraded"; do sleep 1; done; systemctl is-system-running; systemctl --failed --plain --no-legend'

async function uptimeAtFirstExec(banger: Banger, flags: string[]): Promise<number> {
  const result = await banger.ok(['vm', 'run', ...flags, '--', 'cat', '/proc/uptime'])
  return Number(result.split(' ')[0])
}
