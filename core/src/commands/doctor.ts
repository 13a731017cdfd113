import type { DoctorCheck } from '../hooks/doctor.ts'
import type { DaemonInfo } from '../protocol/model.ts'
import { BangerCommand } from './base.ts'

export interface DoctorAnswer {
  status: DoctorCheck['status']
  checks: DoctorCheck[]
}

export default class Doctor extends BangerCommand {
  static override description =
    'Check what banger needs on this machine, and say what to do about what is missing.\nExits with 1 when something is broken, with 0 when all is well or there are warnings only.'
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json']

  async run(): Promise<DoctorAnswer> {
    await this.parse(Doctor)
    const client = this.client()
    const [found, info] = await Promise.all([client.doctor(), client.info()])
    const checks = [...found, ...brokenPlugins(info, found)]
    const status = (['error', 'warning'] as const).find((severity) => checks.some((check) => check.status === severity)) ?? 'ok'
    this.log(describe(checks))
    if (status === 'error') process.exitCode = 1
    return { status, checks }
  }
}

/** Plugins that could not be loaded, and so could not add a check of their own. */
function brokenPlugins(info: DaemonInfo, found: DoctorCheck[]): DoctorCheck[] {
  const known = new Set(found.map(({ id }) => id))
  return info.plugins
    .filter(({ name, status }) => status === 'failed' && !known.has(`plugin:${name}`))
    .map(({ name, reason }) => ({
      id: `plugin:${name}`,
      status: 'error',
      message: `The plugin ${name} could not be loaded: ${reason ?? 'no reason given'}`,
      advice: 'Update or remove it; everything else keeps working.',
    }))
}

function describe(checks: DoctorCheck[]): string {
  const width = Math.max(...checks.map(({ id }) => id.length))
  const indent = ' '.repeat(width + 11)
  return checks
    .map(({ id, status, message, advice }) => {
      const lines = [message, ...(advice ? [advice] : [])].join('\n').replaceAll('\n', `\n${indent}`)
      return `${status.padEnd(7)}  ${id.padEnd(width)}  ${lines}`
    })
    .join('\n')
}
