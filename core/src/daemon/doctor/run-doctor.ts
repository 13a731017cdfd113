import { type BangerError, toBangerError } from '../../errors.ts'
import { callTap, type Tap } from '../../hooks/call-tap.ts'
import type { DoctorCheck, DoctorReport } from '../../hooks/doctor.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import type { PluginInfo } from '../../protocol/model.ts'
import { checkConfig } from './check-config.ts'
import { checkDisk } from './check-disk.ts'
import { checkE2fsprogs } from './check-e2fsprogs.ts'
import { checkImages, checkKernels } from './check-files.ts'
import { checkPlugins } from './check-plugins.ts'

/** Core's own checks and those of the plugins, side by side; one that throws or hangs is a failed check of that plugin. */
export async function runDoctor(engine: Engine, plugins: PluginInfo[], problems: BangerError[]): Promise<DoctorCheck[]> {
  const groups = await Promise.all([
    checkPlugins(plugins, problems),
    checkConfig(engine, plugins),
    checkE2fsprogs(engine.host),
    checkDisk(engine.paths),
    checkKernels(engine),
    checkImages(engine),
    ...engine.hooks.doctor.taps.map(runTap),
  ])
  return groups.flat()
}

/** One plugin's check. Its guard names and bounds it; what it has found before it fails stays, what comes later does not. */
async function runTap(tap: Tap): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = []
  let over = false
  const report: DoctorReport = { add: (check) => void (over || checks.push(check)) }
  try {
    await callTap(tap, report)
  } catch (error) {
    const { message, hint } = toBangerError(error)
    checks.push({ id: `plugin:${tap.name}`, status: 'error', message, ...(hint ? { advice: hint } : {}) })
  } finally {
    over = true
  }
  return checks
}
