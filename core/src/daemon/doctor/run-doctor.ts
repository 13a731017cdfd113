import { callTap, type Tap } from '../../hooks/call-tap.ts'
import type { DoctorCheck, DoctorReport } from '../../hooks/doctor.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import type { DaemonInfo } from '../../protocol/model.ts'
import { checkConfig } from './check-config.ts'
import { checkDisk } from './check-disk.ts'
import { checkE2fsprogs } from './check-e2fsprogs.ts'
import { checkImages, checkKernels } from './check-files.ts'
import { checkPlugins } from './check-plugins.ts'

/** Milliseconds that a plugin's check may take. */
const patience = 20_000

/** Core's own checks and those of the plugins, side by side; one that throws or hangs is a failed check of that plugin. */
export async function runDoctor(
  engine: Engine,
  daemon: { plugins: DaemonInfo['plugins']; problems: string[] },
): Promise<DoctorCheck[]> {
  const groups = await Promise.all([
    checkPlugins(daemon),
    checkConfig(engine, daemon.plugins),
    checkE2fsprogs(engine.host),
    checkDisk(engine.paths),
    checkKernels(engine),
    checkImages(engine),
    ...engine.hooks.doctor.taps.map((tap) => runTap(tap, patience)),
  ])
  return groups.flat()
}

/** @param limit milliseconds */
export async function runTap(tap: Tap, limit: number): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = []
  let over = false
  // What comes after the time is up is nobody's any more.
  const report: DoctorReport = { add: (check) => void (over || checks.push(check)) }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${limit / 1000} s`)), limit)
  })
  try {
    await Promise.race([callTap(tap, report), late])
  } catch (error) {
    checks.push({
      id: `plugin:${tap.name}`,
      status: 'error',
      message: `The check of ${tap.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      advice: hintOf(error) ?? 'Update or remove the plugin; everything else keeps working.',
    })
  } finally {
    over = true
    clearTimeout(timer)
  }
  return checks
}

function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
}
