import type { ProgressEvent } from '../../hooks/progress.ts'
import { formatBytes } from './units.ts'
import { visibleLine } from './visible.ts'

const marks = { running: '·', done: '✓', failed: '✗' }

/**
 * Steps as lines for a terminal: amounts in a column, no line as long as the terminal is wide. Where there are more steps than rows, those that
 * were done first are left out first.
 * @param size columns of the terminal, and rows that may be used
 */
export function formatSteps(steps: ProgressEvent[], { columns, rows }: { columns: number; rows: number }): string[] {
  const shown = choose(steps, rows)
  const left = steps.length - shown.length
  const table = shown.map((step) => ({ step, message: visibleLine(step.message), amount: amount(step) }))
  const withAmount = table.filter((row) => row.amount !== '')
  const widest = (texts: string[]) => Math.max(0, ...texts.map(({ length }) => length))
  // where it is narrow, the message is what is cut
  const room = Math.max(columns - 5 - widest(withAmount.map((row) => row.amount)), 8)
  const width = Math.min(widest(withAmount.map(({ message }) => message)), room)
  const lines = table.map(
    (row) => `${marks[row.step.state]} ${row.amount === '' ? row.message : `${fit(row.message, width)}  ${row.amount}`}`,
  )
  return [...(left > 0 ? [`… ${left} more`] : []), ...lines].map((line) => cut(line, columns))
}

function choose(steps: ProgressEvent[], rows: number): ProgressEvent[] {
  if (steps.length <= rows) return steps
  const isDone = ({ state }: ProgressEvent) => state === 'done'
  const byNeed = [...steps.filter(isDone), ...steps.filter((step) => !isDone(step))]
  const kept = new Set(byNeed.slice(-Math.max(rows - 1, 1)))
  return steps.filter((step) => kept.has(step))
}

function amount({ state, current, total, unit }: ProgressEvent): string {
  if (current === undefined) return ''
  const show = unit === 'bytes' ? formatBytes : String
  if (!total || state === 'done') return show(current)
  return `${show(current)} of ${show(total)}  ${Math.min(Math.floor((current / total) * 100), 100)}%`
}

function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`
}

/** A line that fills the last column makes some terminals begin another. */
function cut(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(columns - 2, 1))}…`
}
