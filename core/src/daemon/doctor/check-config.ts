import { shortName } from '../../config/plugin-settings.ts'
import type { DoctorCheck } from '../../hooks/doctor.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import { nearest } from '../../nearest.ts'
import type { PluginInfo } from '../../protocol/model.ts'

/** Tables that no plugin declares, and so nobody reads: a misspelt name turns nothing off. */
export function checkConfig(engine: Pick<Engine, 'config' | 'paths'>, plugins: PluginInfo[]): DoctorCheck[] {
  const known = plugins
    .filter(({ status, adds }) => status === 'failed' || adds.settings.length > 0)
    .map(({ name }) => shortName(name))
  const unread = Object.keys(engine.config.plugins).filter((table) => !known.includes(table))
  if (unread.length === 0) return [{ id: 'config', status: 'ok', message: engine.paths.configFile }]
  return unread.map((table) => {
    const near = nearest(table, known)
    return {
      id: 'config',
      status: 'warning',
      message: `No plugin reads the table [plugins.${table}] of ${engine.paths.configFile}`,
      advice: near ? `Did you mean [plugins.${near}]?` : `The tables are: ${known.sort().join(', ')}.`,
    }
  })
}
