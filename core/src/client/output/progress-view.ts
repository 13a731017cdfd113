import type { Progress } from '../../hooks/progress.ts'

export interface ProgressView {
  update: Progress
  /** Takes the live lines off the terminal. Idempotent; later events are passed over. */
  close(): void
}

/** What the view writes to: stderr, or a test's buffer. */
export interface ProgressStream {
  write(text: string): unknown
  isTTY?: boolean
  /** Of the terminal, as it is at this moment. */
  columns?: number
  rows?: number
}
