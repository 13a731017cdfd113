import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fail, type Host } from '@banger/core'

/** A host with its folders below `folder`; programs are found in `folder`/bin alone. */
export function hostIn(folder: string, config: Record<string, unknown> = {}): Host {
  const unused = () => {
    throw new Error('not used here')
  }
  return {
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    dirs: { config: join(folder, 'config'), state: folder, cache: join(folder, 'cache'), data: folder, runtime: folder },
    arch: 'x64',
    config: () => config,
    which: unused,
    stream: unused,
    detach: unused,
    run: (program, args, options = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(join(folder, 'bin', program), args, { stdio: 'pipe' })
        let stdout = ''
        child.stdout.on('data', (chunk) => (stdout += chunk))
        child.once('error', () => reject(fail('tool.missing', { tool: program, advice: '' })))
        child.once('close', (code) => {
          if (code === 0) resolve({ code, stdout, stderr: '' })
          else reject(fail('tool.failed', { tool: program, reason: '', advice: '' }))
        })
        child.stdin.on('error', () => undefined).end(options.input)
      }),
  }
}
