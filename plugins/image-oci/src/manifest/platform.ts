import { fail } from '@banger/core'

/** As the image specification names it, in Go's terms: https://github.com/opencontainers/image-spec/blob/main/image-index.md */
export interface Platform {
  os: string
  architecture: string
  variant?: string
}

/** What else machines are called. */
const aliases: Record<string, string> = { x64: 'amd64', x86_64: 'amd64', aarch64: 'arm64', i386: '386', i686: '386' }
/** Whose programs a machine's own kernel runs, its own first. The other way round, and all else, would need another machine. */
const runs: Record<string, string[]> = { amd64: ['amd64', '386'], arm64: ['arm64'] }

/** @param arch `x64` or `arm64`, as in process.arch */
export function hostPlatform(arch: string): Platform {
  return { os: 'linux', architecture: aliases[arch] ?? arch }
}

/**
 * The platform to look for: the one asked for, else this machine's.
 * @param text `os/architecture[/variant]`
 * @throws usage for what is no platform, image.platform for one whose images cannot boot here
 */
export function wantedPlatform(text: string | undefined, arch: string): Platform {
  const host = hostPlatform(arch)
  if (text === undefined) return host
  const [os = '', name = '', variant, ...more] = text.toLowerCase().split('/')
  if (!os || !name || variant === '' || more.length > 0)
    throw fail('usage', { reason: `--platform ${text}: a platform is os/architecture[/variant], like ${formatPlatform(host)}.` })
  const platform = { os, architecture: aliases[name] ?? name, ...(variant ? { variant } : {}) }
  const able = runs[host.architecture] ?? [host.architecture]
  const reason =
    os !== 'linux'
      ? 'banger boots Linux alone'
      : able.includes(platform.architecture)
        ? undefined
        : `VMs here are ${formatPlatform(host)} machines, emulated or not, and so are their kernel and agent`
  if (reason) throw fail('image.platform', { platform: text, reason, usable: able.map((one) => `linux/${one}`).join(' or ') })
  return platform
}

/** `linux/arm64/v8` */
export function formatPlatform({ os, architecture, variant }: Partial<Platform>): string {
  return [os, architecture, variant].filter(Boolean).join('/')
}
