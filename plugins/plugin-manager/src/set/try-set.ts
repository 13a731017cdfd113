import { BangerError, fail, isError, type RunResult } from '@banger/core'
import type { Manager } from '../manager.ts'

/** What `bangerd --try-plugins` prints, beside what the plugins themselves write. */
interface Trial {
  plugins: { name: string; status: 'ok' | 'failed'; reason?: string }[]
}

const unchanged = 'Nothing was changed.'

/** Milliseconds; a plugin that takes longer to load would hold up every start of the daemon. */
const patience = 60_000
const anyStatus = Array.from({ length: 255 }, (_, index) => index + 1)

/**
 * Loads all plugins of a set in a process of their own, just as the daemon will, and says whether the one that is new does.
 * @throws plugin.broken with the daemon's own words
 */
export async function trySet(manager: Manager, set: string, name: string): Promise<void> {
  const { stdout, stderr, code } = await tryPlugins(manager, set, name)
  const found = readTrial(stdout)?.plugins.find((plugin) => plugin.name === name)
  if (found?.status === 'ok') return
  const ended = `The plugin ${name} could not be loaded: ${lastLine(stderr) || `bangerd ended (exit status ${code})`}`
  throw new BangerError({ code: 'plugin.broken', message: found?.reason ?? ended, hint: unchanged })
}

async function tryPlugins({ host, signal }: Manager, set: string, name: string): Promise<RunResult> {
  const daemon = process.env.BANGER_DAEMON ?? 'bangerd'
  const [program, args] = /\.[cm]?[jt]s$/.test(daemon) ? [process.execPath, [daemon]] : [daemon, []]
  try {
    return await host.run(program, [...args, '--try-plugins'], {
      env: { BANGER_DATA_DIR: set },
      timeout: patience,
      allow: anyStatus,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (isError(error, 'tool.failed'))
      throw fail('plugin.broken', { plugin: name, reason: error.message, advice: unchanged }, error)
    throw error
  }
}

/** The last line, whatever plugins have written before it. */
function readTrial(stdout: string): Trial | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Trial
  } catch {
    return undefined
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
