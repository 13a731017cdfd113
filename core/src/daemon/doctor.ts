import { statfs } from 'node:fs/promises'
import { toBangerError } from '../errors.ts'
import type { DoctorCheck } from '../hooks/doctor.ts'
import type { Engine } from '../lifecycle/engine.ts'
import type { DaemonInfo } from '../protocol/model.ts'

/** Bytes of free disk below which `doctor` warns. */
const fewBytes = 5 * 1024 ** 3

/** Core's own checks and those of the plugins; a check that throws is a failed check. */
export async function runDoctor(
  engine: Engine,
  daemon: { plugins: DaemonInfo['plugins']; problems: string[] },
): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [
    ...pluginChecks(daemon),
    await mke2fsCheck(engine),
    await diskCheck(engine),
    kernelCheck(engine),
    imageCheck(engine),
  ]
  const report = { add: (check: DoctorCheck) => void checks.push(check) }
  try {
    await engine.hooks.doctor.promise(report)
  } catch (error) {
    checks.push({ id: 'doctor', status: 'error', message: `A plugin's check failed: ${toBangerError(error).message}` })
  }
  return checks
}

function pluginChecks({ plugins, problems }: { plugins: DaemonInfo['plugins']; problems: string[] }): DoctorCheck[] {
  const failed = plugins.filter((plugin) => plugin.status === 'failed')
  return [
    { id: 'plugins', status: 'ok', message: `${plugins.length - failed.length} plugins loaded` },
    ...failed.map(
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

async function mke2fsCheck(engine: Engine): Promise<DoctorCheck> {
  const path = await engine.host.which('mke2fs')
  if (path) return { id: 'e2fsprogs', status: 'ok', message: path }
  return {
    id: 'e2fsprogs',
    status: 'error',
    message: 'mke2fs is not installed',
    advice: 'Install it: sudo apt-get install e2fsprogs',
  }
}

async function diskCheck(engine: Engine): Promise<DoctorCheck> {
  const { bavail, bsize } = await statfs(engine.paths.state)
  const free = bavail * bsize
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${engine.paths.state}`
  return free < fewBytes
    ? { id: 'disk', status: 'warning', message, advice: 'Free some space: VMs and images live there.' }
    : { id: 'disk', status: 'ok', message }
}

function kernelCheck(engine: Engine): DoctorCheck {
  const names = engine.store.kernels.all().map((kernel) => kernel.name)
  return {
    id: 'kernels',
    status: 'ok',
    message: names.length > 0 ? names.join(', ') : 'none yet: the default one is fetched when it is needed',
  }
}

function imageCheck(engine: Engine): DoctorCheck {
  const names = engine.store.images.all().map((image) => image.name)
  return {
    id: 'images',
    status: 'ok',
    message: names.length > 0 ? names.join(', ') : 'none yet: the default one is fetched when it is needed',
  }
}
