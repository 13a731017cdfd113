import { fail } from '@banger/core'
import type { OciConfig } from '../config.ts'
import type { Reference } from '../reference/parse-reference.ts'

/** Where a repository can be had. */
export interface Endpoint {
  /** `host[:port]` as credentials are filed under. */
  registry: string
  repository: string
  /** `https://registry-1.docker.io/v2/library/debian/` */
  base: URL
  /** Whether plain HTTP will do where the server does not speak TLS. */
  mayBePlain: boolean
}

/** The mirrors that are configured for the reference's registry, then the registry itself. */
export function endpointsOf({ registry, repository }: Reference, config: OciConfig): Endpoint[] {
  const own = endpoint(registry === 'docker.io' ? 'registry-1.docker.io' : registry, registry, repository, config)
  const mirrors = (config.mirrors[registry] ?? []).map((mirror) => mirrorOf(mirror, repository, config))
  return [...mirrors, own]
}

/** Whether plain HTTP, and TLS with a certificate that nobody checks, will do with this host. */
export function mayBeInsecure(host: string, config: OciConfig): boolean {
  const name = host.replace(/:\d+$/, '')
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(name) || config.insecure.includes(host) || config.insecure.includes(name)
}

/** `host[:port][/prefix]`, also with `http://` or `https://` before it. */
function mirrorOf(mirror: string, repository: string, config: OciConfig): Endpoint {
  const [, scheme, host = '', prefix = ''] = /^(https?:)?(?:\/\/)?([^/]+)\/?(.*?)\/*$/.exec(mirror) ?? []
  return endpoint(host, host, prefix ? `${prefix}/${repository}` : repository, config, scheme)
}

function endpoint(host: string, registry: string, repository: string, config: OciConfig, scheme?: string): Endpoint {
  const address = `${scheme ?? 'https:'}//${host}/v2/${repository}/`
  if (!URL.canParse(address)) throw fail('registry.failed', { registry, reason: 'its address cannot be read' })
  return { registry, repository, base: new URL(address), mayBePlain: scheme === undefined && mayBeInsecure(host, config) }
}
