import type { AsyncSeriesHook } from 'tapable'

/** One tap of a hook, as tapable keeps it. */
export type Tap = AsyncSeriesHook<[never]>['taps'][number]

/** Runs one tap by itself, of whatever kind it is, so that its failure is its own and not the hook's. */
export async function callTap<T>(tap: Tap, argument: T): Promise<void> {
  if (tap.type !== 'async') return tap.fn(argument)
  await new Promise<void>((resolve, reject) => {
    tap.fn(argument, (error?: Error | null) => (error ? reject(error) : resolve()))
  })
}
