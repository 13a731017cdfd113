/** One comparison: what banger does against what a user would otherwise run. */
export interface BenchCase {
  name: string
  /** Runs it once. A number is the measurement itself (in `unit`); without one the time it took counts. */
  ours: () => Promise<number | undefined>
  theirs: () => Promise<number | undefined>
  /** Default `ms`. */
  unit?: string
  /** Pairs to run; the medians count. */
  runs: number
  /** The ratio aimed for, ours by theirs. */
  aim?: number
}

/** What a file bench/*.bench.ts exports. */
export interface BenchFile {
  /** Prepares what its cases need. `cleanUp` runs after the last of them, also when one fails. */
  prepare(): Promise<{ cases: BenchCase[]; cleanUp?: () => Promise<void> }>
}

export interface BenchResult {
  name: string
  ours: number
  theirs: number
  ratio: number
  unit: string
}
