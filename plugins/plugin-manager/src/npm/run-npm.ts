import type { Host } from '@banger/core'
import { findNpm } from './find-npm.ts'
import { npmFailure } from './npm-failure.ts'

export interface NpmContext {
  host: Pick<Host, 'run' | 'which'>
  /** Folder of the built program. */
  lib: string
  signal?: AbortSignal
}

export interface NpmCall {
  args: string[]
  /** npm works in the package of this folder. */
  cwd: string
  /** The plugin that it is about, for messages. */
  about: string
}

/** Beside what it is asked: no reports to the registry, no scripts of packages; and a network that is down is noticed in seconds. */
const always = ['--json', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--fetch-retry-mintimeout=500']
const anyStatus = Array.from({ length: 254 }, (_, index) => index + 1)

/**
 * Runs npm. @returns what it says in JSON
 * @throws tool.missing without an npm; plugin.not-found, plugin.no-version, plugin.unreachable, plugin.unreadable, plugin.npm-failed
 */
export async function runNpm({ host, lib, signal }: NpmContext, { args, cwd, about }: NpmCall): Promise<unknown> {
  const npm = await findNpm(host, lib)
  const { code, stdout, stderr } = await host.run(npm.program, [...npm.args, ...args, ...always], {
    cwd,
    // Of a command that npm itself runs, `npm run …`: they would be taken for settings.
    env: { npm_config_global: undefined, npm_config_prefix: undefined, npm_config_dry_run: undefined },
    allow: anyStatus,
    ...(signal ? { signal } : {}),
  })
  const said = parse(stdout)
  if (code !== 0) throw npmFailure(about, said, stderr)
  return said
}

/** Scripts may write to stdout before. */
function parse(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m)
  try {
    return start === -1 ? undefined : JSON.parse(stdout.slice(start))
  } catch {
    return undefined
  }
}
