import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DaemonClient } from '../../src/client/daemon-client.ts'
import { startDaemon } from '../../src/client/start-daemon.ts'
import { type Paths, resolvePaths } from '../../src/store/paths.ts'
import { fakeEnvironment } from './fake-daemon.ts'

const program = join(import.meta.dirname, 'fake-bangerd.ts')
let home: string
let paths: Paths
let before: NodeJS.ProcessEnv

beforeEach(async () => {
  before = { ...process.env }
  home = await mkdtemp(join(tmpdir(), 'banger-start-'))
  Object.assign(process.env, fakeEnvironment(home))
  paths = resolvePaths(process.env)
})

afterEach(async () => {
  await client()
    .stopDaemon()
    .catch(() => {})
  process.env = before
  await rm(home, { recursive: true, force: true })
})

describe('startDaemon', () => {
  it('starts bangerd and returns when it answers', async () => {
    await startDaemon({ paths, program })
    expect((await client().info()).pid).not.toBe(process.pid)
  })

  it('is fine with several callers at once', async () => {
    await Promise.all([1, 2, 3].map(() => startDaemon({ paths, program })))
    expect((await client().info()).pid).toBeGreaterThan(0)
  })

  it('reports what bangerd said when it fails at once, with its hint and the log', async () => {
    process.env.FAKE_BANGERD = 'fail'
    await expect(startDaemon({ paths, program })).rejects.toMatchObject({
      code: 'daemon.start-failed',
      message: expect.stringContaining('The state is too new.'),
      hint: expect.stringMatching(/^Upgrade banger\..*bangerd\.log/),
    })
  })

  it('reports an uncaught error of bangerd', async () => {
    process.env.FAKE_BANGERD = 'crash'
    await expect(startDaemon({ paths, program })).rejects.toMatchObject({ message: expect.stringContaining('out of luck') })
  })

  it('waits no longer than told', async () => {
    process.env.FAKE_BANGERD = 'hang'
    const error = await startDaemon({ paths, program, timeout: 600 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'daemon.start-failed', message: expect.stringContaining('did not answer within 0.6 s') })
  })

  it('names the state folder that cannot be made', async () => {
    await mkdir(join(home, 'in-the-way'), { recursive: true })
    await writeFile(join(home, 'in-the-way/state'), '')
    const blocked = resolvePaths({ ...fakeEnvironment(home), XDG_STATE_HOME: join(home, 'in-the-way/state') })
    await expect(startDaemon({ paths: blocked, program })).rejects.toMatchObject({ code: 'state.unwritable' })
  })
})

function client(): DaemonClient {
  return new DaemonClient({ socket: paths.socket, log: paths.daemonLog })
}
