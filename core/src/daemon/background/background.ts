import type { Engine } from '../../lifecycle/engine.ts'
import { pollMetrics } from './poll-metrics.ts'
import { pollStats } from './poll-stats.ts'
import { repeat } from './repeat.ts'
import { stopStaleVms } from './stop-stale-vms.ts'

/** What the daemon does unasked: looks at running VMs, and stops those that nobody uses. @returns ends it */
export function startBackground(engine: Engine): () => void {
  const { config } = engine
  const stats = pollStats(engine)
  const ends = [
    repeat(config.stats_poll_interval, async () => {
      const answered = await stats()
      stopStaleVms(engine, answered)
    }),
    repeat(config.metrics_poll_interval, pollMetrics(engine)),
  ]
  return () => {
    for (const end of ends) end()
  }
}
