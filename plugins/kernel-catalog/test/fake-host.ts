import { spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Host, type RunOptions, type RunResult } from '@banger/core'

/** A host with its folders below `folder`, which runs real programs. */
export function hostIn(folder: string, config: Record<string, unknown> = {}): Host {
  return {
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    dirs: { config: join(folder, 'config'), state: folder, cache: join(folder, 'cache'), data: folder, runtime: folder },
    arch: 'x64',
    config: () => config,
    run,
    which: (program) =>
      access(`/usr/bin/${program}`).then(
        () => `/usr/bin/${program}`,
        () => undefined,
      ),
    stream: () => {
      throw new Error('not used here')
    },
    detach: () => {
      throw new Error('not used here')
    },
  }
}

function run(program: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      signal: options.signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => (output.stdout += chunk))
    child.stderr.on('data', (chunk) => (output.stderr += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0 || options.allow?.includes(code ?? -1)) resolve({ code: code ?? -1, ...output })
      else reject(fail('tool.failed', { tool: program, reason: output.stderr, advice: '' }))
    })
  })
}
