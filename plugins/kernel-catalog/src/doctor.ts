import type { DoctorReport, Host } from '@banger/core'
import { readIndexText } from './catalog/download.ts'
import { parseIndex } from './catalog/index-format.ts'

/** Milliseconds that a catalog has to answer. */
const patience = 8000

/** Says what kernels the configured catalogs have for this machine. One that cannot be read is a warning: others serve. */
export async function checkCatalogs(host: Host, catalogs: URL[], report: DoctorReport): Promise<void> {
  const id = 'kernel-catalog'
  if (catalogs.length === 0) report.add({ id, status: 'ok', message: 'none is configured; kernels come from the distribution' })
  await Promise.all(
    catalogs.map(async (catalog) => {
      try {
        const kernels = parseIndex(await readIndexText(catalog, AbortSignal.timeout(patience)))
        const fitting = kernels.filter(({ arch }) => arch === host.arch).length
        report.add({ id, status: 'ok', message: `${catalog.href} has ${fitting} kernels for this machine` })
      } catch (error) {
        const message = `${catalog.href} cannot be read: ${error instanceof Error ? error.message : String(error)}`
        report.add({ id, status: 'warning', message, advice: 'Check the address in [plugins.kernel-catalog] catalogs.' })
      }
    }),
  )
}
