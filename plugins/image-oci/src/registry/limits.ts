/** How much patience a registry gets; tests have less. */
export interface Limits {
  /** Milliseconds without a byte after which a connection counts as dead. */
  patience: number
  /** Times that something is tried, in all, before it is given up. Progress begins a new count. */
  attempts: number
  /** Milliseconds to wait before the second try; doubles each time. */
  backoff: number
  /** Milliseconds to wait at most, whatever the registry asks for. */
  longestWait: number
  redirects: number
  /** Bytes of a manifest, a config or a token's answer at most. */
  document: number
  /** Layers that are downloaded at the same time. */
  parallel: number
}

export const defaultLimits: Limits = {
  patience: 60_000,
  attempts: 5,
  backoff: 500,
  longestWait: 30_000,
  redirects: 5,
  document: 4 << 20,
  parallel: 3,
}
