import assert from 'node:assert/strict'

/** One promise of a contract, and what shows that it is kept. */
export interface Check {
  /** What is promised, as the end of a sentence about the subject: `gives the same digest for the same content`. */
  sentence: string
  /** @throws AssertionError that says what is not so, or what the subject itself fails with */
  run(): Promise<void>
}

/** Milliseconds after which something that should come at once counts as hanging. A guard, no measure. */
const patience = 20_000

/** @throws AssertionError when the work has not come to an end, well or badly, after 20 seconds */
export async function within<T>(what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const message = `${what} has not ended after ${patience / 1000} s`
  const timer = setTimeout(() => reject(new assert.AssertionError({ message })), patience)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

/** What the work is rejected with. @throws AssertionError when it is not */
export async function rejection(what: string, work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  assert.ok('error' in outcome, `${what} should fail, and did not`)
  return outcome.error
}

/** Makes a value at the first call, and gives the same to every later one. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
