import type { Feature } from '@banger/core'
import semver from 'semver'

/**
 * Before 1.8 Firecracker told guests of their devices without ACPI, in ways that distributions' kernels do not know.
 * Its API is versioned semantically (https://github.com/firecracker-microvm/firecracker/blob/main/docs/RELEASE_POLICY.md).
 */
export const supported = '>=1.8.0 <2'

/** The version in what `firecracker --version` prints: `Firecracker v1.13.1`. */
export function readVersion(text: string): string | undefined {
  const found = /^Firecracker v(\S+)/m.exec(text)?.[1]
  return semver.valid(found) ?? undefined
}

export function isSupported(version: string): boolean {
  return semver.satisfies(release(version), supported)
}

/** What of the driver's features this version can do. */
export function featuresOf(version: string): ReadonlySet<Feature> {
  // In 1.16 no connection to a guest's vsock is answered any more after a pause (#6100).
  const pause = !semver.satisfies(release(version), '1.16.x')
  return new Set([...(pause ? (['pause'] as const) : [])])
}

/** Before 1.13 the jailer takes no program whose name lacks the word. */
export function jailsAnyName(version: string): boolean {
  return semver.gte(release(version), '1.13.0')
}

/**
 * Whether the program says of itself that it is banger's stand-in for tests (`Firecracker v1.17.0-stand-in`), which runs guests in
 * QEMU: they are emulated then, and nobody is told of KVM.
 */
export function isStandIn(version: string): boolean {
  return semver.prerelease(version)?.[0] === 'stand-in'
}

/** `1.17.0-dev` counts as 1.17.0. */
function release(version: string): string {
  return semver.coerce(version)?.version ?? version
}
