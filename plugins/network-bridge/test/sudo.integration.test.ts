import { type DoctorCheck, type Host, readSettings } from '@banger/core'
import { describe, expect, test } from 'vitest'
import { checkBridge } from '../src/doctor.ts'
import { commandsFor } from '../src/commands.ts'
import { createBridgeNetwork } from '../src/driver.ts'
import { settings } from '../src/settings.ts'
import { sudoersLines } from '../src/sudoers.ts'
import { toolsFor } from '../src/tools.ts'
import { root, World } from './world.ts'

const vm = { vmId: 'one', vmName: 'one', publish: [] }

/** The world's host as the user `nobody` has it, whom sudo lets do what the lines say. */
async function hostOfNobody(world: World, lines: (tools: ReturnType<typeof toolsFor>) => Promise<string>): Promise<Host> {
  const become = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
  const host: Host = {
    ...world.host,
    run: (program, args, options) => world.host.run('setpriv', [...become, program, ...args], options),
  }
  const sudoers = await lines(toolsFor(host, settingsOf(host)))
  const place = 'cat > /run/sudoers; chmod 0440 /run/sudoers; visudo -cqf /run/sudoers && mount --bind /run/sudoers /etc/sudoers'
  expect(await world.network.run(['sh', '-c', place], { input: `${sudoers}\n` })).toMatchObject({ status: 0 })
  return host
}

const settingsOf = (host: Host) => readSettings({ ...host, config: () => ({}) }, 'network-bridge', settings)

async function doctor(host: Host): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = []
  await checkBridge(host, settingsOf(host), { add: (check) => void checks.push(check) })
  return checks
}

describe.runIf(root)('the bridge without root', () => {
  test('needs no more than the lines that doctor prints', async () => {
    await using world = await World.open()
    const before = await world.snapshot()
    const host = await hostOfNobody(world, (tools) => sudoersLines(tools, 'nobody'))
    expect(await doctor(host)).toMatchObject([{ id: 'bridge', status: 'ok', message: expect.stringContaining('by sudo') }])
    const driver = createBridgeNetwork(host, settingsOf(host))
    const attachment = await driver.attach(vm)
    expect(await world.sh('ip link show master banger0')).toContain(attachment.kind === 'tap' ? attachment.device : '')
    await driver.forget?.('one')
    await driver.stop()
    expect(await world.snapshot()).toBe(before)
    expect(world.logged).toEqual([])
  })

  test('may do nothing else by these lines', async () => {
    await using world = await World.open()
    const host = await hostOfNobody(world, (tools) => sudoersLines(tools, 'nobody'))
    const { tapPrefix } = toolsFor(host, settingsOf(host)).names
    for (const line of [
      'ip link set dev lo down',
      'ip netns exec x sh',
      `ip link delete dev ${tapPrefix}0000 type bridge`,
      `ip link delete dev ${tapPrefix}00 0`,
      `ip tuntap add dev ${tapPrefix}00000 mode tap user 0`,
      'nft flush ruleset',
      'nft --json list ruleset; flush ruleset',
      'tee /proc/sys/net/ipv4/ip_forward /etc/passwd',
    ]) {
      const [program = '', ...args] = line.split(' ')
      const path = (await host.which(program)) ?? program
      await expect(host.run('sudo', ['-n', path, ...args], { input: '' })).rejects.toThrow('sudo: a password is required')
    }
  })

  test('lets a VMM of the user open the taps that were made for that user, and no others', async () => {
    await using world = await World.open()
    await world.sh('mknod /run/tun c 10 200; chmod 666 /run/tun; mount --bind /run/tun /dev/net/tun')
    const { settings, names } = toolsFor(world.host, settingsOf(world.host))
    const line = ({ program, args }: { program: string; args: string[] }) => `${program} ${args.join(' ')}`
    await world.sh(line(commandsFor(settings, names, 65_534).addTap('mine')))
    await world.sh(line(commandsFor(settings, names, 65_533).addTap('others')))
    const become = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', 'perl', '-e', openTap]
    expect(await world.network.run([...become, 'mine'])).toMatchObject({ status: 0 })
    expect(await world.network.run([...become, 'others'])).toMatchObject({ stderr: 'Operation not permitted\n' })
  })

  test('is not used where sudo does not allow it, and says what to do', async () => {
    await using world = await World.open()
    const before = await world.snapshot()
    const host = await hostOfNobody(world, async () => 'nobody ALL=(root) /usr/bin/true')
    const [check] = await doctor(host)
    expect(check).toMatchObject({ id: 'bridge', status: 'warning', message: expect.stringContaining('sudo does not let you') })
    expect(check?.advice).toContain('NOPASSWD: \\\n')
    const driver = createBridgeNetwork(host, settingsOf(host))
    expect(await driver.probe()).toMatchObject({ usable: false })
    await expect(driver.attach(vm)).rejects.toMatchObject({
      code: 'driver.unusable',
      message: expect.stringContaining('sudo: a password is required'),
      hint: expect.stringContaining('banger doctor'),
    })
    expect(await world.snapshot()).toBe(before)
  })
})

/** Opens a tap as a VMM does: TUNSETIFF with IFF_TAP and IFF_NO_PI (linux/if_tun.h). */
const openTap =
  'open(my $tun, "+<", "/dev/net/tun") or die "$!\\n"; ioctl($tun, 0x400454ca, pack("a16 s x22", shift, 0x1002)) or die "$!\\n"'

describe.runIf(root)('doctor', () => {
  test('tells of another firewall that drops what it does not know, until it knows the bridge', async () => {
    await using world = await World.open()
    const rules = (rule: string) =>
      `nft 'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; ${rule} }; }'`
    await world.sh(rules('ip saddr 10.0.0.1 accept;'))
    expect(await doctor(world.host)).toMatchObject([
      { id: 'bridge', status: 'ok' },
      { id: 'bridge-firewall', status: 'warning', message: expect.stringContaining('ip filter FORWARD') },
    ])
    await world.sh(rules('iifname "banger0" accept;'))
    expect(await doctor(world.host)).toHaveLength(1)
  })
})
