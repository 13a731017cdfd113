import type { HttpRequest } from '../http/parse-requests.ts'
import { type Body, deserialize } from './deserialize.ts'
import { Fault } from './fault.ts'

/** What each request takes, and when it is allowed: before InstanceStart, after it, or any time. */
interface OperationKind {
  /** Name of its body's definition; `json` for any JSON. */
  body?: string
  when: 'before' | 'after' | 'any'
  /** The field of the body that repeats the path's id. */
  id?: 'drive_id' | 'iface_id' | 'id'
  /** Fields that make it answer with `Deprecation: true`. */
  deprecated?: string[]
}

/** Every request, named as in Firecracker's Swagger specification. */
export const operations = {
  'GET /': { when: 'any' },
  'GET /version': { when: 'any' },
  'GET /vm/config': { when: 'any' },
  'GET /machine-config': { when: 'any' },
  'GET /mmds': { when: 'any' },
  'GET /balloon': { when: 'any' },
  'GET /balloon/statistics': { when: 'after' },
  'GET /balloon/hinting/status': { when: 'after' },
  'GET /hotplug/memory': { when: 'after' },
  'PUT /actions': { body: 'InstanceActionInfo', when: 'any' },
  'PUT /balloon': { body: 'Balloon', when: 'before' },
  'PUT /boot-source': { body: 'BootSource', when: 'before' },
  'PUT /cpu-config': { body: 'CpuConfig', when: 'before' },
  'PUT /drives/{drive_id}': { body: 'Drive', when: 'any', id: 'drive_id' },
  'PUT /entropy': { body: 'EntropyDevice', when: 'before' },
  'PUT /hotplug/memory': { body: 'MemoryHotplugConfig', when: 'before' },
  'PUT /logger': { body: 'Logger', when: 'before' },
  'PUT /machine-config': { body: 'MachineConfiguration', when: 'before', deprecated: ['cpu_template'] },
  'PUT /metrics': { body: 'Metrics', when: 'before' },
  'PUT /mmds': { body: 'json', when: 'any' },
  'PUT /mmds/config': { body: 'MmdsConfig', when: 'before' },
  'PUT /network-interfaces/{iface_id}': { body: 'NetworkInterface', when: 'any', id: 'iface_id' },
  'PUT /pmem/{id}': { body: 'Pmem', when: 'any', id: 'id' },
  'PUT /serial': { body: 'SerialDevice', when: 'before' },
  'PUT /snapshot/create': { body: 'SnapshotCreateParams', when: 'after' },
  'PUT /snapshot/load': { body: 'SnapshotLoadParams', when: 'before', deprecated: ['mem_file_path', 'enable_diff_snapshots'] },
  'PUT /vsock': { body: 'Vsock', when: 'before', deprecated: ['vsock_id'] },
  'PATCH /balloon': { body: 'BalloonUpdate', when: 'after' },
  'PATCH /balloon/statistics': { body: 'BalloonStatsUpdate', when: 'after' },
  'PATCH /balloon/hinting/start': { body: 'BalloonStartCmd', when: 'after' },
  'PATCH /balloon/hinting/stop': { when: 'after' },
  'PATCH /drives/{drive_id}': { body: 'PartialDrive', when: 'after', id: 'drive_id' },
  'PATCH /hotplug/memory': { body: 'MemoryHotplugSizeUpdate', when: 'after' },
  'PATCH /machine-config': { body: 'MachineConfigUpdate', when: 'before', deprecated: ['cpu_template'] },
  'PATCH /mmds': { body: 'json', when: 'any' },
  'PATCH /network-interfaces/{iface_id}': { body: 'PartialNetworkInterface', when: 'after', id: 'iface_id' },
  'PATCH /pmem/{id}': { body: 'PartialPmem', when: 'after', id: 'id' },
  'PATCH /vm': { body: 'Vm', when: 'after' },
} as const satisfies Record<string, OperationKind>

export type OperationName = keyof typeof operations

export interface Operation {
  name: OperationName
  when: OperationKind['when']
  body: Body
  deprecated: boolean
}

/** Which operation a request asks for. @throws Fault */
export function parseOperation({ method, uri, body }: HttpRequest): Operation {
  const tokens = uri.replace(/^\/+/, '').replace(/\/$/, '').split('/')
  const name = find(method, tokens)
  if (method === 'GET' && body) throw new Fault('GET request cannot have a body.')
  const bodyless = name?.startsWith('PATCH /balloon/hinting/')
  if (method === 'PUT' && !body) throw new Fault('Empty PUT request.')
  if (method === 'PATCH' && !body && !bodyless) throw new Fault('Empty PATCH request.')
  if (!name) throw new Fault(`Invalid request method and/or path: ${method} ${tokens[0] ?? ''}.`)
  const kind: OperationKind = operations[name]
  if (kind.id) checkId(tokens[1])
  const content = body && kind.body ? deserialize(body.toString('utf8'), kind.body === 'json' ? undefined : kind.body) : {}
  if (kind.id) checkSame(kind.id, tokens[1] ?? '', content)
  if (name === 'PATCH /machine-config' && Object.keys(content).length === 0) throw new Fault('Empty PATCH request.')
  const deprecated = kind.deprecated?.some((field) => content[field] !== undefined) ?? false
  return { name, when: kind.when, body: content, deprecated }
}

function find(method: string, tokens: string[]): OperationName | undefined {
  const names = Object.keys(operations) as OperationName[]
  return names.find((name) => {
    const [verb, path = ''] = name.split(' ')
    const template = path.slice(1).split('/')
    // A missing or empty id is told apart from a path that does not exist.
    const given = template[1]?.startsWith('{') ? [tokens[0], template[1], ...tokens.slice(2)] : tokens
    return verb === method && template.length === given.length && template.every((part, index) => part === given[index])
  })
}

function checkId(id: string | undefined): void {
  if (!id) throw new Fault('The ID cannot be empty.')
  if (!/^[\p{L}\p{N}_]+$/u.test(id)) throw new Fault('API Resource IDs can only contain alphanumeric characters and underscores.')
}

function checkSame(field: 'drive_id' | 'iface_id' | 'id', path: string, body: Body): void {
  if (body[field] === path) return
  throw new Fault(
    field === 'iface_id'
      ? `The id from the path [${path}] does not match the id from the body [${String(body[field])}]!`
      : 'The id from the path does not match the id from the body!',
  )
}
