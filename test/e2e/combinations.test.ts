import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, isAlive, until } from './banger.ts'
import { jailProblem } from '../firecracker-stand-in/launcher.ts'
import { combinations, World } from './combinations.ts'
import { processesNaming } from './scratch.ts'

const root = process.getuid?.() === 0

/** The same life of a VM on every VMM and network. The parts build on each other. */
describe.each(combinations)('a VM on ($title)', (combination) => {
  const { title, vmm, network, apart } = combination
  const possible = root || !apart
  let world: World
  let banger: Banger

  beforeAll(async () => {
    if (!possible) return console.warn(`not root: the combination (${title}), which needs a network namespace, is left out`)
    world = await World.open(combination)
    banger = world.banger
    await world.banger.borrow(new Banger(inject('home')))
  })
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]()
    if (possible) console.info(`ran: (${title})`)
  })

  const part = it.runIf(possible)
  const guest = (...command: string[]): Promise<string> => banger.ok(['vm', 'exec', 'vm', '--', ...command])
  const shell = (line: string): Promise<string> => guest('sh', '-c', line)
  /** Waits until the VM is seen to have stopped. @returns why */
  async function stopped(): Promise<string | undefined> {
    await until(async () => (await banger.vm('vm')).state === 'stopped', 60_000)
    return (await banger.vm('vm')).exit?.reason
  }

  part('is created and started on what the configuration says', async () => {
    await banger.ok(['vm', 'create', '--name', 'vm', '--memory', '512M', '--disk', '128M', '--publish', '8000'])
    expect(await banger.vm('vm')).toMatchObject({ state: 'running', vmm, network, machine: { acceleration: expect.any(String) } })
  })

  part('is configured: its name, its address, its disks', async () => {
    const { attachment } = await banger.vm('vm')
    expect(await guest('hostname')).toBe('vm\n')
    expect(await shell('ip -brief address')).toContain(attachment?.guest.address)
    expect(await shell('cut -d" " -f1,2 /proc/mounts')).toMatch(/overlay \/\n/)
    expect(await shell('ls /lib/modules/$(uname -r)/kernel | head -1; cat /sys/block/vda/ro')).toMatch(/\w+\n1\n/)
  })

  part('runs commands with their status and streams', async () => {
    const result = await banger.run(['vm', 'exec', 'vm', '--', 'sh', '-c', 'cat; echo err >&2; exit 7'], { input: 'through' })
    expect(result).toMatchObject({ status: 7, stdout: 'through', stderr: 'err\n' })
  })

  part('takes and gives files', async () => {
    const [there, back] = [join(banger.home, 'there'), join(banger.home, 'back')]
    mkdirSync(there)
    writeFileSync(join(there, 'bytes'), randomBytes(3 << 20))
    await banger.ok(['vm', 'cp', there, 'vm:/srv/there'])
    await banger.ok(['vm', 'cp', 'vm:/srv/there', back])
    expect(readFileSync(join(back, 'bytes')).equals(readFileSync(join(there, 'bytes')))).toBe(true)
  })

  part('publishes its ports', async () => {
    const server = banger.start(['vm', 'exec', 'vm', '--', 'perl', '-MIO::Socket::INET', '-e', serve])
    await until(async () => (await banger.ok(['vm', 'ports', 'vm', '--json'])).includes('8000'))
    const hostPort = (await banger.vm('vm')).attachment?.publish[0]?.hostPort
    const asking = `fetch('http://127.0.0.1:${hostPort}/').then((answer) => answer.text()).then(console.log)`
    expect(await world.run(process.execPath, ['-e', asking])).toMatchObject({ status: 0, stdout: 'hello\n' })
    server.kill('SIGINT')
  })

  part('is reached by SSH', async () => {
    expect(await banger.run(['vm', 'ssh', 'vm', '--', 'hostname; exit 5'])).toMatchObject({ status: 5, stdout: 'vm\n' })
  })

  part('lives on when the daemon is killed, and is taken over', async () => {
    const before = await banger.vm('vm')
    await banger.killDaemon()
    const after = await banger.vm('vm')
    expect([after.state, after.machine?.pid]).toEqual(['running', before.machine?.pid])
    expect(await guest('hostname')).toBe('vm\n')
  })

  part('says when its disk is full, and works on when there is room again', async () => {
    const fill = await banger.run(['vm', 'exec', 'vm', '--', 'dd', 'if=/dev/zero', 'of=/srv/fill', 'bs=1M'])
    expect(fill).toMatchObject({ status: 1, stderr: expect.stringContaining('No space left on device') })
    expect(await shell('rm /srv/fill; echo kept > /srv/file; sync; cat /srv/file')).toBe('kept\n')
  })

  part('stops, keeps its disk and its address, and starts again', async () => {
    const { machine, attachment } = await banger.vm('vm')
    await banger.ok(['vm', 'stop', 'vm'])
    expect(await banger.vm('vm')).toMatchObject({ state: 'stopped', exit: { reason: 'guest-poweroff' } })
    expect(isAlive(machine?.pid ?? 0)).toBe(false)
    await banger.ok(['vm', 'start', 'vm'])
    expect(await shell('cat /srv/file')).toBe('kept\n')
    expect((await banger.vm('vm')).attachment?.guest.address).toBe(attachment?.guest.address)
  })

  part('is seen to stop when it powers itself off', async () => {
    await banger.run(['vm', 'exec', 'vm', '--', 'sh', '-c', 'until systemctl poweroff; do sleep 0.5; done'])
    expect(await stopped()).toBe('guest-poweroff')
  })

  part('is seen to stop when its VMM is killed from outside', async () => {
    await banger.ok(['vm', 'start', 'vm'])
    process.kill((await banger.vm('vm')).machine?.pid ?? 0, 'SIGKILL')
    expect(await stopped()).toBe('killed')
  })

  part('is deleted, and leaves no process, no file and no network', async () => {
    const { id } = await banger.vm('vm')
    await banger.ok(['vm', 'delete', 'vm'])
    expect(processesNaming(id)).toEqual([])
    expect(await banger.vms()).toEqual([])
    await banger.ok(['daemon', 'stop'])
    await until(async () => !/banger|tap|table/.test(await world.network()))
  })
})

describe('a jailed VM', () => {
  it('runs as a user of its own, on a tap that it may open', async ({ skip }) => {
    const problem = jailProblem()
    if (problem) skip(problem)
    const [combination] = combinations.filter(({ vmm }) => vmm === 'firecracker')
    if (!combination) throw new Error('there is no combination with Firecracker')
    const jailer = join(mkdtempSync(join(tmpdir(), 'banger-jailer-')), 'jailer')
    await using world = await World.open(combination, `[plugins.vmm-firecracker]\njailer = true\njailer_bin = "${jailer}"\n`)
    const { banger } = world
    renameSync(join(banger.home, 'bin/jailer'), jailer)
    await banger.borrow(new Banger(inject('home')))
    await banger.ok(['vm', 'create', '--name', 'jailed', '--memory', '512M'])
    const { id, machine, attachment } = await banger.vm('jailed')
    expect(statSync(`/proc/${machine?.pid}`).uid).toBeGreaterThanOrEqual(0x70000000)
    expect(await banger.ok(['vm', 'exec', 'jailed', '--', 'ip', '-brief', 'address'])).toContain(attachment?.guest.address)
    await banger.ok(['vm', 'stop', 'jailed'])
    expect((await banger.vm('jailed')).exit?.reason).toBe('guest-poweroff')
    await banger.ok(['vm', 'delete', 'jailed'])
    expect(processesNaming(id)).toEqual([])
    rmSync(dirname(jailer), { recursive: true })
  })
})

const serve = `$s = IO::Socket::INET->new(LocalPort => 8000, Listen => 5, ReuseAddr => 1) or die; while ($c = $s->accept) { <$c>; print $c "HTTP/1.0 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello"; close $c }`
