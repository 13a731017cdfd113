import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { DaemonInfo } from '../../protocol/model.ts'

/** Which plugins of which versions are loaded, and which are not. */
export function checkPlugins({ plugins, problems }: { plugins: DaemonInfo['plugins']; problems: string[] }): DoctorCheck[] {
  const loaded = plugins.filter((plugin) => plugin.status === 'ok')
  const list = loaded.map(({ name, version }) => `${name} ${version}`).join(', ')
  return [
    { id: 'plugins', status: 'ok', message: `${loaded.length} plugins loaded: ${list || 'none'}` },
    ...plugins
      .filter((plugin) => plugin.status === 'failed')
      .map(
        (plugin): DoctorCheck => ({
          id: `plugin:${plugin.name}`,
          status: 'error',
          message: `The plugin ${plugin.name} could not be loaded: ${plugin.reason}`,
          advice: 'Update or remove it; everything else keeps working.',
        }),
      ),
    ...problems.map((problem, index): DoctorCheck => ({ id: `plugin-problem:${index}`, status: 'error', message: problem })),
  ]
}
