import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { detach } from '../../src/host/detach.ts'
import { run, stream } from '../../src/host/run.ts'

describe('running programs', () => {
  it('gives output and exit status, and feeds stdin', async () => {
    expect(await run('sh', ['-c', 'cat; echo err >&2'], { input: 'abc' })).toEqual({ code: 0, stdout: 'abc', stderr: 'err\n' })
    expect((await run('sh', ['-c', 'exit 3'], { allow: [3] })).code).toBe(3)
  })

  it('says what a failing program said last, and which are not installed with the package to get', async () => {
    await expect(run('sh', ['-c', 'echo broken >&2; exit 4'])).rejects.toMatchObject({
      code: 'tool.failed',
      message: expect.stringContaining('broken (exit status 4)'),
    })
    await expect(run('mmdebstrap-missing', [])).rejects.toMatchObject({ code: 'tool.missing' })
  })

  it('finds programs of the system folders that an ordinary PATH lacks', async () => {
    const before = process.env.PATH
    process.env.PATH = '/usr/bin:/bin'
    try {
      expect((await run('mke2fs', ['-V'])).stderr).toContain('mke2fs')
    } finally {
      process.env.PATH = before
    }
  })

  it('streams stdout and fails at the end when the program does', async () => {
    const good = stream('sh', ['-c', 'printf abc'])
    expect(await text(good.stdout)).toBe('abc')
    await good.done
    const bad = stream('sh', ['-c', 'printf abc; exit 5'])
    await text(bad.stdout)
    await expect(bad.done).rejects.toMatchObject({ code: 'tool.failed' })
    await expect(stream('no-such-program', []).done).rejects.toMatchObject({ code: 'tool.missing' })
  })

  it('ends a program when aborted', async () => {
    const abort = new AbortController()
    const running = run('sleep', ['60'], { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('stop it')), 50)
    await expect(running).rejects.toThrow('stop it')
  })

  it('detaches a program that keeps its own session and logs to a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'banger-detach-'))
    const logFile = join(folder, 'log')
    const { pid, exited } = await detach('sh', ['-c', 'echo hello; read -r _ _ _ _ _ sid _ </proc/self/stat; echo $sid'], {
      cwd: folder,
      logFile,
    })
    expect(await exited).toEqual({ code: 0, signal: null })
    const [hello, session] = readFileSync(logFile, 'utf8').trim().split(/\s+/)
    expect([hello, Number(session)]).toEqual(['hello', pid])
    rmSync(folder, { recursive: true })
  })
})
