import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ensureInitrd } from '../../core/src/boot/initrd.ts'
import { AgentClient } from '../../core/src/guest/agent-client.ts'
import type { Attachment } from '../../core/src/hooks/network.ts'
import type { GuestConfig } from '../../core/src/hooks/provision.ts'
import type { Machine, MachineSpec } from '../../core/src/hooks/vmm.ts'
import { createHost } from '../../core/src/host/index.ts'
import { encodeFrame, encodeJson, FrameDecoder, streamId } from '../../core/src/protocol/stdio-mux.ts'
import { formatOverlay } from '../../core/src/rootfs/format-overlay.ts'
import { resolvePaths } from '../../core/src/store/paths.ts'
import { createUserNetwork } from '../../plugins/network-user/src/user-network.ts'
import { createQemuDriver } from '../../plugins/vmm-qemu/src/driver.ts'
import { Banger } from './banger.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const home = inject('home')
const host = createHost(resolvePaths({ HOME: home }), quiet)
const driver = createQemuDriver(host)
const network = createUserNetwork()

/** The QEMU driver and the agent client, with a real guest and no daemon between them. */
describe('a guest in QEMU', () => {
  let base: string
  const specs: MachineSpec[] = []

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'banger-machine-'))
  })

  afterAll(async () => {
    for (const spec of specs) await driver.sweep(spec)
    await rm(base, { recursive: true, force: true })
  })

  /** Boots the suite's kernel and image without the image's init. */
  async function boot(
    publish: Attachment['publish'] = [],
  ): Promise<{ machine: Machine; agent: AgentClient; attachment: Attachment }> {
    const banger = new Banger(home)
    const [[kernel], [image]] = await Promise.all([banger.kernels(), banger.images()])
    if (!kernel || !image) throw new Error('the suite has a kernel and an image')
    const id = `e2emachine${String(specs.length).padStart(2, '0')}`
    const dir = await mkdtemp(join(base, 'vm-'))
    const overlay = join(dir, 'overlay.ext4')
    await formatOverlay(host, overlay, 1024)
    const agentBinary = join(import.meta.dirname, '../../build/bin/banger-vsock-agent')
    const attachment = await network.attach({ vmId: id, vmName: id, publish })
    const spec: MachineSpec = {
      id,
      name: id,
      dir,
      vcpus: 2,
      memory: 512,
      kernel: { path: kernel.files.vmlinux, cmdline: ['banger.root=vda', 'banger.overlay=vdb', 'banger.init=none'] },
      initrd: await ensureInitrd({ agent: agentBinary, kernel, dir: join(base, 'initrds'), host }),
      drives: [
        { id: 'root', path: image.files.rootfs, readOnly: true },
        { id: 'overlay', path: overlay, readOnly: false },
      ],
      attachment,
      consoleLog: join(dir, 'console.log'),
    }
    specs.push(spec)
    const machine = await driver.start(spec, () => {})
    const agent = new AgentClient((signal) => machine.connect(signal), id)
    await agent.waitReady({ timeout: 60_000, exited: machine.exited })
    await agent.configure(guestConfig(attachment))
    return { machine, agent, attachment }
  }

  test('answers, talks to the host through its network, and powers off', async () => {
    const { machine, agent, attachment } = await boot([{ hostAddress: '127.0.0.1', hostPort: 0, guestPort: 7000 }])
    expect(await exec(agent, ['uname', '-s'])).toEqual({ stdout: 'Linux\n', code: 0 })

    const server = 'my $s = IO::Socket::INET->new(LocalPort => 7000, Listen => 1); print { $s->accept } "from the guest\\n"'
    const serving = exec(agent, ['perl', '-MIO::Socket', '-e', server])
    await expect.poll(async () => (await agent.ports()).some(({ port }) => port === 7000), { timeout: 20_000 }).toBe(true)
    expect(await text(connect(attachment.publish[0]?.hostPort ?? 0, '127.0.0.1'))).toBe('from the guest\n')
    expect((await serving).code).toBe(0)

    await agent.shutdown('poweroff')
    expect(await machine.exited).toMatchObject({ reason: 'guest-poweroff' })
    agent.close()
  })

  test('carries large transfers unchanged, and serves on after one was cut', async () => {
    const { machine, agent } = await boot()
    const block = randomBytes(1 << 18)
    const blocks = 64
    const [sent, received] = [createHash('sha256'), createHash('sha256')]
    const stream = agent.exec()
    stream.write(encodeJson(streamId.start, { argv: ['cat'] }))
    const frames = (function* () {
      for (let i = 0; i < blocks; i++) {
        sent.update(block)
        yield encodeFrame(streamId.stdin, block)
      }
      yield encodeFrame(streamId.stdin)
    })()
    const writing = pipeline(Readable.from(frames), stream)
    const decoder = new FrameDecoder()
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const { id, payload } of decoder.push(chunk)) if (id === streamId.stdout) received.update(payload)
    }
    await writing
    expect(received.digest('hex')).toBe(sent.digest('hex'))

    const endless = agent.exec()
    endless.on('error', () => {})
    endless.write(encodeJson(streamId.start, { argv: ['cat', '/dev/zero'] }))
    await once(endless, 'data')
    agent.close()
    const next = new AgentClient((signal) => machine.connect(signal), 'next')
    await next.waitReady({ timeout: 10_000 })
    expect(await exec(next, ['echo', 'still here'])).toEqual({ stdout: 'still here\n', code: 0 })
    next.close()
    await machine.kill()
  })

  test('stands still while paused', async () => {
    const { machine, agent } = await boot()
    await machine.pause?.()
    const answer = agent.stats()
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, 'silence'))])
    expect(early).toBe('silence')
    await machine.resume?.()
    expect((await answer).cpu.count).toBe(2)
    agent.close()
    await machine.kill()
  })

  test('whose kernel panics is told apart from one that reboots', async () => {
    const [panicking, rebooting] = await Promise.all([boot(), boot()])
    void exec(panicking.agent, ['sh', '-c', 'echo c > /proc/sysrq-trigger']).catch(() => {})
    expect(await panicking.machine.exited).toMatchObject({ reason: 'guest-panic', detail: expect.stringMatching(/sysrq/) })
    await rebooting.agent.shutdown('reboot')
    expect(await rebooting.machine.exited).toMatchObject({ reason: 'guest-reboot' })
    panicking.agent.close()
    rebooting.agent.close()
  })
})

async function exec(agent: AgentClient, argv: string[]): Promise<{ stdout: string; code: number | undefined }> {
  const stream = agent.exec()
  stream.write(encodeJson(streamId.start, { argv }))
  stream.end(encodeFrame(streamId.stdin))
  const frames = new FrameDecoder()
  let stdout = ''
  let code: number | undefined
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (const { id, payload } of frames.push(chunk)) {
      if (id === streamId.stdout) stdout += payload
      if (id === streamId.exit) code = (JSON.parse(payload.toString()) as { code: number }).code
    }
  }
  return { stdout, code }
}

function guestConfig(attachment: Attachment): GuestConfig {
  return {
    hostname: 'machine',
    interfaces: [attachment.guest],
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
