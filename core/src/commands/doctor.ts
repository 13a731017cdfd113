import { boolean } from '@oclif/core/flags'
import type { DoctorCheck } from '../hooks/doctor.ts'
import type { DaemonInfo } from '../protocol/model.ts'
import { resolvePaths } from '../store/paths.ts'
import { BangerCommand } from './base.ts'

export interface DoctorAnswer {
  status: DoctorCheck['status']
  checks: DoctorCheck[]
}

export default class Doctor extends BangerCommand {
  static override description =
    'Check what banger needs on this machine.\nSays what to do about what is missing. Exits with 1 when something is broken. Warnings do not keep banger from working: with them it exits with 0, or with 3 when --strict is given.'
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json', '<%= config.bin %> doctor --strict']
  static override flags = { strict: boolean({ description: 'exit with 3 when there are warnings' }) }

  async run(): Promise<DoctorAnswer> {
    const { flags } = await this.parse(Doctor)
    const client = this.client()
    const [found, info] = await Promise.all([client.doctor(), client.info()])
    const checks = [...found, ...brokenPlugins(info, found), ...otherDataFolder(info, ownDataFolder())]
    const status = (['error', 'warning'] as const).find((severity) => checks.some((check) => check.status === severity)) ?? 'ok'
    this.log(describe(checks))
    if (status === 'error') process.exitCode = 1
    else if (status === 'warning' && flags.strict) process.exitCode = 3
    return { status, checks }
  }
}

/** Plugins that could not be loaded, and so could not add a check of their own. */
function brokenPlugins(info: DaemonInfo, found: DoctorCheck[]): DoctorCheck[] {
  const known = new Set(found.map(({ id }) => id))
  return info.plugins
    .filter(({ name, status }) => status === 'failed' && !known.has(`plugin:${name}`))
    .map(({ name, reason, hint }) => ({
      id: `plugin:${name}`,
      status: 'error',
      message: reason ?? `The plugin ${name} could not be loaded.`,
      ...(hint ? { advice: hint } : {}),
    }))
}

/** As oclif has it, which many a command does without. */
function ownDataFolder(): string {
  return process.env.BANGER_DATA_DIR || resolvePaths(process.env).data
}

/** Where the CLI puts plugins that are installed must be where the daemon looks for them. */
function otherDataFolder({ dirs }: DaemonInfo, own: string): DoctorCheck[] {
  if (dirs.data === own) return []
  return [
    {
      id: 'data-folder',
      status: 'warning',
      message: `The daemon takes plugins from ${dirs.data}, this command from ${own}`,
      advice: 'Restart it with the same XDG_DATA_HOME and HOME: banger daemon stop && banger daemon start (VMs keep running)',
    },
  ]
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
