import type { DoctorReport } from '@banger/core'
import { type Tool, tools } from './credentials.ts'
import { findCredentials } from './find-credentials.ts'

/** Says whose credentials VMs get. None on the host is nothing wrong; one that cannot be copied is. */
export async function checkCredentials(chosen: Tool[], home: string, report: DoctorReport): Promise<void> {
  const { found, problems } = await findCredentials(home, chosen)
  for (const problem of problems)
    report.add({ id: 'credentials', status: 'warning', message: problem, advice: 'See docs/credentials.md.' })
  const copied = found.map(({ tool }) => tool)
  const off = tools.filter((tool) => !chosen.includes(tool))
  const parts = [
    copied.length > 0 ? `VMs get those of ${copied.join(', ')}` : 'VMs get none',
    ...(off.length > 0 ? [`turned off: ${off.join(', ')}`] : []),
  ]
  report.add({ id: 'credentials', status: 'ok', message: parts.join('; ') })
}
