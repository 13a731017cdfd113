import type { Host } from '@banger/core'
import { record } from './json.ts'
import { type Names, tapIndex } from './names.ts'

/** A network interface of the host. */
export interface Link {
  name: string
  mac: string
  kind?: string
  /** The bridge that it is a port of. */
  master?: string
  isolated?: boolean
  /** Up, as far as its administrator is concerned. */
  up: boolean
}

/** A route of the host: where packets to `network` go. */
export interface Route {
  /** `172.16.0.0/24` or `default` */
  network: string
  device: string
}

/** Needs no privileges. */
export async function readLinks(host: Host): Promise<Link[]> {
  const { stdout } = await host.run('ip', ['-json', '-details', 'link', 'show'])
  return parseLinks(stdout)
}

export async function readRoutes(host: Host): Promise<Route[]> {
  const { stdout } = await host.run('ip', ['-json', '-4', 'route', 'show'])
  return parseRoutes(stdout)
}

/** Those that are taps of this banger. */
export function ownTaps(names: Names, links: Link[]): Link[] {
  return links.filter((link) => tapIndex(names, link.name) !== undefined)
}

/** The JSON of `ip -json -details link show` (ip-link(8)); what is no link is passed over. */
export function parseLinks(json: string): Link[] {
  return list(json).flatMap((entry) => {
    const { ifname, address, master, linkinfo, flags } = entry
    if (typeof ifname !== 'string') return []
    const { info_kind, info_slave_data } = record(linkinfo)
    const { isolated } = record(info_slave_data)
    return [
      {
        name: ifname,
        mac: typeof address === 'string' ? address : '',
        ...(typeof info_kind === 'string' ? { kind: info_kind } : {}),
        ...(typeof master === 'string' ? { master } : {}),
        ...(typeof isolated === 'boolean' ? { isolated } : {}),
        up: Array.isArray(flags) && flags.includes('UP'),
      },
    ]
  })
}

/** The JSON of `ip -json route show` (ip-route(8)). A single machine's address is a network of /32. */
export function parseRoutes(json: string): Route[] {
  return list(json).flatMap(({ dst, dev }) => {
    if (typeof dst !== 'string') return []
    const network = /^[\d.]+$/.test(dst) ? `${dst}/32` : dst
    return [{ network, device: typeof dev === 'string' ? dev : '' }]
  })
}

function list(json: string): Record<string, unknown>[] {
  const value: unknown = json.trim() === '' ? [] : JSON.parse(json)
  return Array.isArray(value) ? value.map(record) : []
}
