import { userPlugins } from '../cli/command-tree.ts'
import { readJson, send } from '../client/http.ts'
import { visibleLine } from '../client/output/visible.ts'
import type { Image, Kernel, Vm } from '../protocol/model.ts'
import type { Session } from '../protocol/session.ts'
import type { Paths } from '../store/paths.ts'
import type { Candidate, ListNames } from './complete.ts'

const automatic: Candidate = { value: 'auto', summary: 'the first that works' }

/** What of the daemon's answer counts here; an older one does not say what plugins add. */
interface DaemonInfo {
  plugins: { name: string; adds?: { vmms: string[]; networks: string[] } }[]
}

/**
 * Names from the daemon, if one runs: none is started, and one that does not answer in time is not waited for.
 * @param patience in milliseconds
 */
export function liveNames(paths: Paths, patience: number): ListNames {
  const get = async <T>(path: string): Promise<T> => {
    const context = { log: paths.daemonLog }
    const signal = AbortSignal.timeout(patience)
    return (await readJson(await send({ socket: paths.socket, method: 'GET', path, signal }, context), context)) as T
  }
  const drivers = async (kind: 'vmms' | 'networks'): Promise<Candidate[]> => {
    const { plugins } = await get<DaemonInfo>('/v1/info')
    return plugins.flatMap(({ name, adds }) => (adds?.[kind] ?? []).map((value) => ({ value, summary: name })))
  }
  const list: ListNames = async (kind, vm = '') => {
    switch (kind) {
      case 'vm':
        return (await get<Vm[]>('/v1/vms')).map(({ name, state, image }) => ({ value: name, summary: `${state}, ${image}` }))
      case 'image':
        return (await get<Image[]>('/v1/images')).map(({ name, source }) => ({ value: name, summary: source }))
      case 'kernel':
        return (await get<Kernel[]>('/v1/kernels')).map(({ name, release, origin }) => ({
          value: name,
          summary: release ?? origin,
        }))
      case 'session':
        return (await get<Session[]>(`/v1/vms/${encodeURIComponent(vm)}/sessions`)).map(({ name, state, argv }) => ({
          value: name,
          summary: `${state}: ${argv.join(' ')}`,
        }))
      case 'plugin':
        return userPlugins(paths.data).map(({ name }) => ({ value: name, summary: '' }))
      case 'vmm':
        return [automatic, ...(await drivers('vmms').catch(() => []))]
      case 'network':
        return [automatic, { value: 'none', summary: 'no network' }, ...(await drivers('networks').catch(() => []))]
    }
  }
  // A guest's words reach the terminal: no control characters among them.
  const harmless = ({ value, summary }: Candidate): Candidate => ({ value: visibleLine(value), summary: visibleLine(summary) })
  return async (kind, vm) => (await list(kind, vm).catch(() => [])).map(harmless)
}
