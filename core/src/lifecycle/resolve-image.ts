import { fail } from '../errors.ts'
import type { ImageSource, PullOptions, ResolvedImage } from '../hooks/image-source.ts'
import type { Registry } from '../hooks/registry.ts'
import type { Live } from './sequence.ts'

/** An image as a source found it, with its reference in full. */
export type FoundImage = ResolvedImage & { ref: string }

/**
 * Finds the image of a reference. The source that its scheme names is asked; else every source may say whether it is its own.
 * @throws image.no-source, image.option, and what the source fails with
 */
export async function resolveImage(
  sources: Registry<ImageSource>,
  ref: string,
  options: PullOptions,
  live: Live,
): Promise<FoundImage> {
  for (const { source, rest, named } of candidates(sources, ref)) {
    const strange = strangeOption(source, options)
    if (strange && named) throw refusal(sources, source, strange)
    const found = await source.resolve(rest, { ...(strange ? {} : options), ...live, named })
    if (!found) continue
    if (strange) throw refusal(sources, source, strange)
    return { ...found, ref: found.ref ?? `${source.scheme}:${rest}` }
  }
  throw fail('image.no-source', { ref, sources: summaries(sources.values()) })
}

function candidates(sources: Registry<ImageSource>, ref: string): { source: ImageSource; rest: string; named: boolean }[] {
  const colon = ref.indexOf(':')
  const source = colon > 0 ? sources.get(ref.slice(0, colon)) : undefined
  if (source) return [{ source, rest: ref.slice(colon + 1), named: true }]
  return sources.values().map((any) => ({ source: any, rest: ref, named: false }))
}

/** An option that was asked for and that the source does not take. */
function strangeOption({ takes = [] }: ImageSource, options: PullOptions): string | undefined {
  const asked = Object.entries(options).filter(([, value]) => value !== undefined && value !== false)
  return asked.map(([name]) => name).find((name) => !takes.some((taken) => taken === name))
}

function refusal(sources: Registry<ImageSource>, { scheme }: ImageSource, option: string): Error {
  const able = sources.values().filter(({ takes }) => takes?.some((taken) => taken === option))
  return fail('image.option', { source: scheme, option, able: summaries(able) })
}

function summaries(sources: ImageSource[]): string {
  return sources.map(({ summary }) => summary).join('; ') || 'none'
}
