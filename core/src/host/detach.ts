import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { fail } from '../errors.ts'
import type { DetachedProcess } from '../hooks/host.ts'
import { installAdvice } from './install-advice.ts'
import { which } from './which.ts'

/**
 * Starts a program in a session of its own, so that it outlives this process.
 * Its stdin is empty; stdout and stderr are appended to `logFile`.
 * @throws tool.missing when it is not installed
 */
export async function detach(
  program: string,
  args: string[],
  options: { cwd: string; logFile: string; env?: Record<string, string> },
): Promise<DetachedProcess> {
  const path = await which(program)
  if (!path) throw fail('tool.missing', { tool: program, advice: installAdvice(program) })
  const log = await open(options.logFile, 'a', 0o600)
  try {
    const child = spawn(path, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => reject(fail('tool.failed', { tool: program, reason: error.message, advice: '' }, error)))
    })
    child.unref()
    return { pid: child.pid ?? 0, exited }
  } finally {
    await log.close()
  }
}
