import type { BangerError } from '../../errors.ts'
import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { PluginInfo } from '../../protocol/model.ts'

/** Which plugins of which versions are loaded, which are not, and what failed since. */
export function checkPlugins(plugins: PluginInfo[], problems: BangerError[]): DoctorCheck[] {
  const loaded = plugins.filter((plugin) => plugin.status === 'ok')
  const list = loaded.map(({ name, version }) => `${name} ${version}`).join(', ')
  return [
    { id: 'plugins', status: 'ok', message: `${loaded.length} plugins loaded: ${list || 'none'}` },
    ...problems.map((problem) => check('plugins', 'error', problem)),
    ...plugins
      .filter(({ status }) => status === 'failed')
      .map(({ name, reason = 'It could not be loaded.', hint }) => check(`plugin:${name}`, 'error', { message: reason, hint })),
    ...loaded.flatMap(({ name, failures }) => failures.map((failure) => check(`plugin:${name}`, 'warning', sinceStart(failure)))),
  ]
}

function sinceStart({ at, message, hint }: PluginInfo['failures'][number]) {
  return { message: `${message} (${new Date(at).toISOString()})`, hint }
}

function check(
  id: string,
  status: DoctorCheck['status'],
  { message, hint }: { message: string; hint?: string | undefined },
): DoctorCheck {
  return { id, status, message, ...(hint ? { advice: hint } : {}) }
}
