import type { Host, Log } from '../hooks/host.ts'
import type { Paths } from '../store/paths.ts'
import { detach } from './detach.ts'
import { run, stream } from './run.ts'
import { which } from './which.ts'

/** The real machine. */
export function createHost(paths: Paths, log: Log, pluginConfig: (plugin: string) => Record<string, unknown> = () => ({})): Host {
  return {
    log,
    run,
    stream,
    detach,
    which,
    dirs: { config: paths.config, state: paths.state, cache: paths.cache, data: paths.data, runtime: paths.state },
    arch: process.arch,
    config: pluginConfig,
  }
}
