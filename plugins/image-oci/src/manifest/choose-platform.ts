import { formatPlatform, type Platform } from './platform.ts'
import type { IndexEntry } from './read-manifest.ts'

/**
 * The entry of an index for a platform; attestations are passed over. A lone entry that names no platform is taken.
 * @throws Error with a message for people that lists what there is
 */
export function choosePlatform(entries: IndexEntry[], wanted: Platform): IndexEntry {
  const images = entries.filter((entry) => !isAttestation(entry))
  const fitting = images.filter(({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture)
  const chosen = wanted.variant
    ? fitting.find(({ platform }) => variantOf(wanted.architecture, platform?.variant) === wanted.variant)
    : (fitting.find(({ platform }) => isBaseline(wanted.architecture, platform?.variant)) ?? fitting[0])
  const unnamed = images.filter(({ platform }) => !platform?.architecture)
  const found = chosen ?? (unnamed.length === 1 ? unnamed[0] : undefined)
  if (found) return found
  const list = images.map(({ platform }) => (platform ? formatPlatform(platform) : '?')).join(', ')
  throw new Error(`it is not made for ${formatPlatform(wanted)}; there is: ${list || 'nothing'}`)
}

function isAttestation({ platform, annotations }: IndexEntry): boolean {
  return (
    Boolean(annotations?.['vnd.docker.reference.type']) || (platform?.os === 'unknown' && platform.architecture === 'unknown')
  )
}

/** The variant that an entry without one has. */
const baseline: Record<string, string> = { arm64: 'v8', amd64: 'v1' }

function variantOf(architecture: string, variant: string | undefined): string | undefined {
  return variant || baseline[architecture]
}

/** The variant that every machine of the architecture runs. */
function isBaseline(architecture: string, variant: string | undefined): boolean {
  return variantOf(architecture, variant) === baseline[architecture]
}
