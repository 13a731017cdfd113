import { client, methods, ndJsonStream, PROTOCOL_VERSION } from '@agentclientprotocol/sdk'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Banger, until } from './banger.ts'

const banger = new Banger(inject('home'))
const guest = (script: string) => banger.ok(['vm', 'exec', 'coder', '--', 'sh', '-c', script])

/** What an editor does: starts `banger vm acp`, and speaks ACP to it by the official library. */
async function converse(prompt: string, flags: string[] = []) {
  const child = banger.start(['vm', 'acp', 'coder', ...flags])
  const status = new Promise<number | null>((resolve) => child.once('close', resolve))
  const stderr = text(child.stderr as NodeJS.ReadableStream)
  const stream = ndJsonStream(
    Writable.toWeb(child.stdin as Writable) as WritableStream<Uint8Array>,
    Readable.toWeb(child.stdout as Readable) as ReadableStream<Uint8Array>,
  )
  const answer = await client({ name: 'test' }).connectWith(stream, async (agent) => {
    const initialized = await agent.request(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION })
    expect(initialized.protocolVersion).toBe(PROTOCOL_VERSION)
    return agent.buildSession('/root').withSession(async (session) => {
      const done = session.prompt(prompt)
      const said = await session.readText()
      return { said, stopReason: (await done).stopReason }
    })
  })
  child.stdin?.end()
  return { ...answer, status: await status, stderr: await stderr }
}

describe('vm acp', () => {
  beforeAll(async () => void (await banger.ok(['vm', 'create', '--name', 'coder'])))
  afterAll(() => banger.run(['vm', 'delete', '--force', 'coder']))

  it('says when the guest has no opencode', async () => {
    const result = await banger.run(['vm', 'acp', 'coder'], { input: '{"jsonrpc":"2.0","id":0,"method":"initialize"}\n' })
    expect([result.status, result.stdout]).toEqual([127, ''])
    expect(result.stderr).toContain('There is no opencode in the guest of "coder".')
  })

  describe('with an agent in the guest', () => {
    beforeAll(async () => {
      const dir = mkdtempSync(join(tmpdir(), 'banger-acp-'))
      const program = join(dir, 'opencode')
      const source = join(import.meta.dirname, 'fixtures/acp-agent/main.go')
      execFileSync('go', ['build', '-o', program, source], { env: { ...process.env, CGO_ENABLED: '0' } })
      await banger.ok(['vm', 'cp', program, 'coder:/usr/local/bin/opencode'])
      rmSync(dir, { recursive: true })
    })

    it('lets an ACP client initialize, open a session and prompt, and ends with the agent when stdin does', async () => {
      const { said, stopReason, status, stderr } = await converse('hello "ü"\n')
      expect([said, stopReason, status]).toEqual(['/root coder hello "ü"\n', 'end_turn', 42])
      expect(stderr).toMatch(/agent: begins[\s\S]*agent: ends/)
    })

    it('runs it in /root/repo where that exists, or where it is told to, whatever the login shell prints', async () => {
      await guest('mkdir -p /root/repo; echo "echo noise on stdout" >> /root/.profile; echo "echo more noise" >> /root/.bashrc')
      expect((await converse('x')).said).toBe('/root/repo coder x')
      expect((await converse('y', ['--cwd', '/srv'])).said).toBe('/srv coder y')
    })

    it('carries a large prompt', async () => {
      const prompt = 'p'.repeat(3_000_000)
      expect((await converse(prompt)).said).toBe(`/root/repo coder ${prompt}`)
    })

    it('leaves no agent behind when the client is killed', async () => {
      const child = banger.start(['vm', 'acp', 'coder'])
      await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()))
      await until(async () => (await banger.run(['vm', 'exec', 'coder', '--', 'pgrep', '-f', '^opencode ac[p]'])).status === 0)
      child.kill('SIGKILL')
      await until(async () => (await banger.run(['vm', 'exec', 'coder', '--', 'pgrep', '-f', '^opencode ac[p]'])).status === 1)
    })

    it('says when there is no such folder', async () => {
      const result = await banger.run(['vm', 'acp', 'coder', '--cwd', '/no/such'])
      expect([result.status, result.stdout]).toEqual([125, ''])
      expect(result.stderr).toContain('There is no folder /no/such in the guest.')
    })
  })
})
