/** What is known of an error by its code. `{name}` in a message or hint is filled from the parameters given to `fail`. */
export interface ErrorEntry {
  /** HTTP status of the daemon's answer. */
  readonly status: number
  /** What is wrong, in plain words: one sentence. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** The errors of one topic, by their codes. No code is in two topics. */
export function topic<Code extends string>(errors: Record<Code, ErrorEntry>): Record<Code, ErrorEntry> {
  return errors
}
