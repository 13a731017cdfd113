import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageSource, ProgressEvent, ResolvedImage, ResolveOptions } from '@banger/core'
import { buildRootfs } from '../../../core/src/rootfs/build-rootfs.ts'
import { within } from '../check.ts'
import { leftoversOf } from '../leftovers.ts'
import { assertGoodProgress } from '../progress.ts'
import type { TestHost } from '../test-host.ts'

/** How `image pull` of a reference went. */
export interface Pulled {
  found: ResolvedImage
  /** Digest of the root filesystem, or the path of the source's own. */
  rootfs: string
  /** What it left behind; see `leftoversOf`. */
  left: string[]
  assertGoodProgress(): void
}

/** Does what `banger image pull` does with a source: finds the image and makes a root filesystem of its layers. */
export async function pull(
  { source, host }: { source: ImageSource; host: TestHost },
  reference: string,
  options: Partial<ResolveOptions> = {},
): Promise<Pulled> {
  const events: ProgressEvent[] = []
  const live = { signal: new AbortController().signal, progress: (event: ProgressEvent) => void events.push(event), ...options }
  const { outcome, left } = await leftoversOf(host, async () => {
    const found = await within(`resolve("${reference}")`, resolve(source, reference, live))
    assert.ok(found, `${reference} is served by it, and resolve() gives undefined`)
    return { found, rootfs: await build(host, found, live) }
  })
  if (!outcome.value) throw outcome.error
  return { ...outcome.value, left, assertGoodProgress: () => assertGoodProgress(events) }
}

export function resolve(
  source: ImageSource,
  reference: string,
  options: Partial<ResolveOptions> = {},
): Promise<ResolvedImage | undefined> {
  return source.resolve(reference, { signal: new AbortController().signal, progress: () => undefined, named: true, ...options })
}

/** @returns the digest of what core makes of the layers, or the path of a root filesystem that is ready */
export async function build(
  host: TestHost,
  found: ResolvedImage,
  live: Pick<ResolveOptions, 'signal' | 'progress'>,
): Promise<string> {
  if (found.rootfs) return found.rootfs
  const file = join(host.folder, 'rootfs.ext4')
  const absolutePaths = found.absolutePaths ?? false
  // core's own steps are none of the source's
  const options = { signal: live.signal, progress: () => undefined, source: found.name, absolutePaths }
  try {
    return (await buildRootfs(found.layers(live), file, options)).digest
  } finally {
    await rm(file, { force: true })
  }
}
