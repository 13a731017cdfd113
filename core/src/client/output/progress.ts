import type { OperationLine } from '../../protocol/api.ts'
import { liveProgress } from './live-progress.ts'
import { plainProgress } from './plain-progress.ts'
import type { ProgressStream, ProgressView } from './progress-view.ts'

/**
 * Shows the steps of a long operation: live on a terminal, else as lines.
 * @param format what the lines are: words, or JSON for machines (`OperationLine` of the daemon's API)
 */
export function showProgress(stream: ProgressStream, format: 'text' | 'json' = 'text'): ProgressView {
  if (stream.isTTY) return liveProgress(stream)
  return format === 'json' ? jsonProgress(stream) : plainProgress(stream)
}

function jsonProgress(stream: ProgressStream): ProgressView {
  const write = (line: OperationLine) => void stream.write(`${JSON.stringify(line)}\n`)
  return { update: (event) => write({ type: 'progress', event }), close: () => undefined }
}
