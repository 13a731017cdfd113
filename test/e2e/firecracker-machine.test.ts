import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ensureInitrd } from '../../core/src/boot/initrd.ts'
import { AgentClient } from '../../core/src/guest/agent-client.ts'
import type { Machine, MachineSpec, VmmDriver } from '../../core/src/hooks/vmm.ts'
import { createHost } from '../../core/src/host/index.ts'
import { encodeFrame, encodeJson, streamId } from '../../core/src/protocol/stdio-mux.ts'
import { formatOverlay } from '../../core/src/rootfs/format-overlay.ts'
import { resolvePaths } from '../../core/src/store/paths.ts'
import { createFirecrackerDriver } from '../../plugins/vmm-firecracker/src/driver.ts'
import { installStandIn } from '../firecracker-stand-in/launcher.ts'
import { Banger } from './banger.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const home = inject('home')
const host = createHost(resolvePaths({ HOME: home }), quiet)

/** The Firecracker driver and the agent client, over the stand-in, with a real guest and no daemon between them. */
describe('a guest in Firecracker', () => {
  let base: string
  let driver: VmmDriver
  const specs: MachineSpec[] = []

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'banger-firecracker-'))
    driver = createFirecrackerDriver(host, { firecracker: installStandIn(join(base, 'bin')), balloon: 64, disk: {}, network: {} })
  })
  afterAll(async () => {
    for (const spec of specs) await driver.sweep(spec)
    await rm(base, { recursive: true, force: true })
  })

  /** Boots the suite's kernel and image without the image's init. */
  async function boot(): Promise<{ machine: Machine; agent: AgentClient }> {
    const banger = new Banger(home)
    const [[kernel], [image]] = await Promise.all([banger.kernels(), banger.images()])
    if (!kernel || !image) throw new Error('the suite has a kernel and an image')
    const id = `fcmachine${String(specs.length).padStart(3, '0')}`
    const dir = await mkdtemp(join(base, 'vm-'))
    const overlay = join(dir, 'overlay.ext4')
    await formatOverlay(host, overlay, 256)
    const agentBinary = join(import.meta.dirname, '../../build/bin/banger-vsock-agent')
    const spec: MachineSpec = {
      id,
      name: id,
      dir,
      vcpus: 1,
      memory: 512,
      kernel: { path: kernel.files.vmlinux, cmdline: ['banger.root=vda', 'banger.overlay=vdb', 'banger.init=none'] },
      initrd: await ensureInitrd({ agent: agentBinary, kernel, dir: join(base, 'initrds'), host }),
      drives: [
        { id: 'root', path: image.files.rootfs, readOnly: true },
        { id: 'overlay', path: overlay, readOnly: false },
      ],
      consoleLog: join(dir, 'console.log'),
    }
    specs.push(spec)
    const machine = await driver.start(spec, () => {})
    const agent = new AgentClient((signal) => machine.connect(signal), id)
    await agent.waitReady({ timeout: 90_000, exited: machine.exited })
    await agent.configure(guestConfig())
    return { machine, agent }
  }

  test('stands still while paused, and shuts down when Ctrl+Alt+Del is pressed', async () => {
    const { machine, agent } = await boot()
    await machine.pause?.()
    const answer = agent.stats()
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, 'silence'))])
    expect(early).toBe('silence')
    await machine.resume?.()
    expect((await answer).cpu.count).toBe(1)
    await machine.shutdown()
    expect(await machine.exited).toMatchObject({ reason: 'guest-poweroff', detail: expect.stringContaining('Ctrl+Alt+Del') })
    agent.close()
  })

  test('whose kernel panics is told apart from one that reboots and one that powers off', async () => {
    const [panicking, rebooting] = await Promise.all([boot(), boot()])
    crash(panicking.agent)
    expect(await panicking.machine.exited).toMatchObject({ reason: 'guest-panic', detail: expect.stringMatching(/sysrq/) })
    await rebooting.agent.shutdown('reboot')
    expect(await rebooting.machine.exited).toMatchObject({ reason: 'guest-reboot' })
    const off = await boot()
    await off.agent.shutdown('poweroff')
    expect(await off.machine.exited).toMatchObject({ reason: 'guest-poweroff' })
    for (const { agent } of [panicking, rebooting, off]) agent.close()
  })

  test('has in its initrd what Firecracker needs: virtio-mmio and vsock, before the file systems are mounted', async () => {
    const archive = await readFile(specs[0]?.initrd ?? '')
    const order = /(?:\d{3}-\w+\.ko\n)+/.exec(archive.toString('latin1'))?.[0] ?? ''
    expect(order).toMatch(/virtio_mmio\.ko/)
    expect(order).toMatch(/vmw_vsock_virtio_transport\.ko/)
  })
})

function crash(agent: AgentClient): void {
  const stream = agent.exec()
  stream.on('error', () => {})
  stream.write(encodeJson(streamId.start, { argv: ['sh', '-c', 'echo c > /proc/sysrq-trigger'] }))
  stream.end(encodeFrame(streamId.stdin))
}

function guestConfig() {
  return {
    hostname: 'machine',
    interfaces: [],
    hosts: [],
    authorizedKeys: [],
    sshHostKeys: [],
    files: [],
    environment: {},
    services: [],
    firstBoot: [],
    clock: Date.now(),
    entropy: randomBytes(32).toString('base64'),
    machineId: randomBytes(16).toString('hex'),
  }
}
