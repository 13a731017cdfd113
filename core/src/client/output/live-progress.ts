import type { ProgressEvent } from '../../hooks/progress.ts'
import { formatSteps } from './format-steps.ts'
import type { ProgressStream, ProgressView } from './progress-view.ts'

/** Lines at most, however high the terminal is. */
const mostLines = 12
/** Milliseconds between two pictures. */
const redrawEvery = 50

/** The steps, redrawn in place, and gone at the end. */
export function liveProgress(stream: ProgressStream): ProgressView {
  const steps = new Map<string, ProgressEvent>()
  let drawn: string[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const draw = (): void => {
    timer = undefined
    const size = { columns: stream.columns || 80, rows: Math.min(mostLines, Math.max((stream.rows || 24) - 2, 2)) }
    const lines = formatSteps([...steps.values()], size)
    stream.write(`${erase(drawn, size.columns)}${lines.map((line) => `${line}\n`).join('')}`)
    drawn = lines
  }
  return {
    update(event) {
      if (closed) return
      steps.set(event.id, event)
      timer ??= setTimeout(draw, redrawEvery)
    },
    close() {
      closed = true
      clearTimeout(timer)
      if (drawn.length > 0) stream.write(erase(drawn, stream.columns || 80))
      drawn = []
    },
  }
}

/** Cursor up over what was drawn, then erase to the end of the screen. A terminal that was made narrower has broken lines in two. */
function erase(lines: string[], columns: number): string {
  const rows = lines.reduce((sum, line) => sum + Math.max(Math.ceil(line.length / columns), 1), 0)
  return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`
}
