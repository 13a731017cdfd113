import type { DoctorReport } from '@banger/core'
import { type InstalledEntry, readManifest } from './set/manifest.ts'
import { verifyPlugin } from './verify.ts'

/** Whether the plugins that the user installed are still what was installed. */
export async function checkIntegrity(report: DoctorReport, data: string): Promise<void> {
  const { oclif } = await readManifest(data)
  const installed = oclif.plugins.filter((entry): entry is InstalledEntry => entry.type === 'user')
  for (const entry of installed) {
    const problems = await verifyPlugin(data, entry)
    if (!problems || problems.length === 0) continue
    report.add({
      id: `plugin-integrity:${entry.name}`,
      status: entry.scripts ? 'warning' : 'error',
      message: `The plugin ${entry.name} is not what was installed: ${problems.slice(0, 5).join(', ')}.`,
      advice: `If you did not change it yourself, install it anew: banger plugins install ${entry.url ?? `${entry.name}@${entry.version}`}`,
    })
  }
}
