import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import type { ResolvedImage } from '@banger/core'
import { type Check, within } from '../check.ts'
import { isAborted } from '../errors.ts'
import { leftoversOf } from '../leftovers.ts'
import { build, resolve } from './pull.ts'
import type { ImageSourceSubject } from './subject.ts'

/** Milliseconds after which a pull that told of nothing and gave no layer is stopped. */
const silence = 1000

export function abortChecks(subject: ImageSourceSubject, reference: string): Check[] {
  const stopped = (begin: (abort: () => void) => void) => () => stops(subject, reference, begin)
  return [
    { sentence: `does not begin when told to stop before: ${reference}`, run: stopped((abort) => abort()) },
    {
      sentence: `stops in the middle, and leaves nothing: ${reference}`,
      run: stopped((abort) => void setTimeout(abort, silence)),
    },
  ]
}

/** A pull that is told to stop, as soon as it gives a sign of life at the latest. One that is over by then has done nothing wrong. */
async function stops({ source, host }: ImageSourceSubject, reference: string, begin: (abort: () => void) => void): Promise<void> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const live = { signal: controller.signal, progress: abort }
  begin(abort)
  const { outcome, left } = await leftoversOf(host, () => within(`the pull of ${reference}, told to stop,`, resolveAndBuild()))
  async function resolveAndBuild(): Promise<void> {
    const found = await resolve(source, reference, live)
    if (found) await build(host, stopAtLayer(found, abort), live)
  }
  if (outcome.error instanceof assert.AssertionError) throw outcome.error
  assert.ok(!outcome.error || isAborted(outcome.error), `told to stop, it fails with another error: ${String(outcome.error)}`)
  assert.deepEqual(left, [], `told to stop, it leaves ${left.join(', ')}`)
}

/** The image, whose first layer is the sign to stop: while it is read. */
function stopAtLayer(found: ResolvedImage, abort: () => void): ResolvedImage {
  return {
    ...found,
    async *layers(options): AsyncIterable<Readable> {
      for await (const layer of found.layers(options)) {
        setImmediate(abort)
        yield layer
      }
    },
  }
}
