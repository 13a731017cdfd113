import type { Progress, ProgressEvent } from '../../hooks/progress.ts'
import { formatBytes } from './units.ts'

export interface ProgressView {
  update: Progress
  /** Takes the live lines off the terminal. Idempotent; later events are passed over. */
  close(): void
}

/** What the view writes to: stderr, or a test's buffer. */
export interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** `silent` for --json. */
export function showProgress(stream: ProgressStream, mode: 'auto' | 'silent' = 'auto'): ProgressView {
  if (mode === 'silent') return { update: () => {}, close: () => {} }
  return stream.isTTY ? liveView(stream) : plainView(stream)
}

/** One line for a step, cut to the terminal's width: `Downloading linux-image  3.4 MiB of 60 MiB`. */
export function formatStep(event: ProgressEvent, columns?: number): string {
  const line = [event.message, amount(event)].filter((text) => text !== '').join('  ')
  return columns !== undefined && line.length >= columns ? `${line.slice(0, Math.max(columns - 2, 1))}…` : line
}

/** One line for each new step and for each failure. */
function plainView(stream: ProgressStream): ProgressView {
  const seen = new Map<string, ProgressEvent['state']>()
  return {
    update(event) {
      const before = seen.get(event.id)
      seen.set(event.id, event.state)
      if (before === undefined && event.state !== 'failed') stream.write(`${event.message}\n`)
      else if (event.state === 'failed' && before !== 'failed') stream.write(`${event.message}: failed\n`)
    },
    close() {},
  }
}

/** The steps under way, redrawn in place at most every 50 ms, and gone at the end. */
function liveView(stream: ProgressStream): ProgressView {
  const steps = new Map<string, ProgressEvent>()
  let drawn = 0
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const draw = (): void => {
    timer = undefined
    const marks = { running: '·', done: '✓', failed: '✗' }
    const lines = [...steps.values()]
      .slice(-8)
      .map((step) => `${marks[step.state]} ${formatStep(step, (stream.columns || 80) - 2)}`)
    stream.write(`${erase(drawn)}${lines.map((line) => `${line}\n`).join('')}`)
    drawn = lines.length
  }
  return {
    update(event) {
      if (closed) return
      steps.set(event.id, event)
      timer ??= setTimeout(draw, 50)
    },
    close() {
      closed = true
      clearTimeout(timer)
      if (drawn > 0) stream.write(erase(drawn))
      drawn = 0
    },
  }
}

// Cursor up over the lines drawn before, then erase from there to the end of the screen.
function erase(lines: number): string {
  return lines === 0 ? '' : `\x1b[${lines}A\r\x1b[J`
}

function amount({ current, total, unit }: ProgressEvent): string {
  if (current === undefined) return ''
  const show = unit === 'bytes' ? formatBytes : String
  return total === undefined ? show(current) : `${show(current)} of ${show(total)}`
}
