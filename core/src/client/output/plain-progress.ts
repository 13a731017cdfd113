import type { ProgressEvent } from '../../hooks/progress.ts'
import type { ProgressStream, ProgressView } from './progress-view.ts'
import { formatBytes } from './units.ts'
import { visibleLine } from './visible.ts'

/** One line for each new step, with its size where that is known, and one for each failure. */
export function plainProgress(stream: ProgressStream): ProgressView {
  const seen = new Map<string, ProgressEvent['state']>()
  return {
    update(event) {
      const before = seen.get(event.id)
      seen.set(event.id, event.state)
      if (before === undefined && event.state !== 'failed') stream.write(`${visibleLine(event.message)}${size(event)}\n`)
      else if (event.state === 'failed' && before !== 'failed') stream.write(`${visibleLine(event.message)}: failed\n`)
    },
    close() {},
  }
}

function size({ total, unit }: ProgressEvent): string {
  return total === undefined || unit !== 'bytes' ? '' : ` (${formatBytes(total)})`
}
