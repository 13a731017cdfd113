import type { IndexEntry } from './read-manifest.ts'

/** Names of machines: Node's, and the image specification's (Go's). */
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }

/** @param arch `x64` or `arm64`, as in process.arch */
export function architectureOf(arch: string): string {
  return architectures[arch] ?? arch
}

/**
 * The entry of an index for Linux on this machine; attestations are passed over. A lone entry that names no platform is taken.
 * @throws Error with a message for people that lists what there is
 */
export function choosePlatform(entries: IndexEntry[], arch: string): IndexEntry {
  const images = entries.filter((entry) => !isAttestation(entry))
  const architecture = architectureOf(arch)
  const fitting = images.filter(({ platform }) => platform?.os === 'linux' && platform.architecture === architecture)
  const chosen = fitting.find(({ platform }) => isBaseline(architecture, platform?.variant)) ?? fitting[0]
  const unnamed = images.filter(({ platform }) => !platform?.architecture)
  const found = chosen ?? (unnamed.length === 1 ? unnamed[0] : undefined)
  if (found) return found
  const there = images.map(({ platform }) => (platform ? [platform.os, platform.architecture, platform.variant] : ['?']))
  const list = there.map((parts) => parts.filter(Boolean).join('/')).join(', ')
  throw new Error(`it is not made for linux/${architecture}; there is: ${list || 'nothing'}`)
}

function isAttestation({ platform, annotations }: IndexEntry): boolean {
  return (
    Boolean(annotations?.['vnd.docker.reference.type']) || (platform?.os === 'unknown' && platform.architecture === 'unknown')
  )
}

/** The variant that every machine of the architecture runs. */
function isBaseline(architecture: string, variant: string | undefined): boolean {
  return !variant || (architecture === 'arm64' && variant === 'v8') || (architecture === 'amd64' && variant === 'v1')
}
