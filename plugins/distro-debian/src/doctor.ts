import { userInfo } from 'node:os'
import type { DoctorReport, Host } from '@banger/core'
import { chooseMode } from './mode.ts'

const id = 'debian-bootstrap'

/** Says whether `debian:` references can be fetched here, and how. */
export async function checkBootstrap(host: Host, report: DoctorReport): Promise<void> {
  if (!(await host.which('mmdebstrap'))) {
    return report.add({
      id,
      status: 'warning',
      message: 'mmdebstrap is not installed: no debian: images',
      advice: 'sudo apt-get install mmdebstrap',
    })
  }
  const mode = await chooseMode(host, userInfo())
  const whole = mode.name === 'root' || mode.name === 'unshare'
  const message = whole
    ? `mmdebstrap works ${mode.detail}`
    : mode.name
      ? `only images without an init can be made: ${mode.detail}`
      : mode.detail
  report.add({ id, status: whole ? 'ok' : 'warning', message, ...(mode.advice ? { advice: mode.advice } : {}) })
}
