import type { Host } from '@banger/core'

/** The proxies of the host's apt configuration, as the variables that apt reads too. They last for the bootstrap and stay out of the guest. */
export async function aptProxies(host: Host): Promise<Record<string, string>> {
  if (!(await host.which('apt-config'))) return {}
  const { stdout } = await host.run('apt-config', ['dump', '--format', '%f %v%n', 'Acquire'])
  return parseProxies(stdout)
}

/** Lines are `Acquire::http::Proxy http://proxy:3142/`. */
export function parseProxies(dump: string): Record<string, string> {
  const variables: Record<string, string> = {}
  const direct: string[] = []
  for (const line of dump.split('\n')) {
    const match = /^Acquire::(https?)::Proxy(?:::(\S+))? (\S+)$/i.exec(line.trim())
    if (!match?.[1] || !match[3]) continue
    if (match[2] === undefined && match[3] !== 'DIRECT') variables[`${match[1].toLowerCase()}_proxy`] = match[3]
    if (match[2] !== undefined && match[3] === 'DIRECT') direct.push(match[2])
  }
  return direct.length > 0 ? { ...variables, no_proxy: [...new Set(direct)].join(',') } : variables
}
