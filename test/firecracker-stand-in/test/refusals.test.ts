import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InProcess } from './in-process.ts'

type Request = [method: string, path: string, body?: unknown]

interface Refusal {
  /** Requests that must succeed before. */
  after?: Request[]
  /** The one that is refused. */
  request: Request
  status?: number
  says: string | RegExp
}

const drive = (id: string, change: object = {}): Request => [
  'PUT',
  `/drives/${id}`,
  { drive_id: id, is_root_device: false, is_read_only: true, path_on_host: 'DIR/disk', ...change },
]
const card = (id: string, change: object = {}): Request => [
  'PUT',
  `/network-interfaces/${id}`,
  { iface_id: id, host_dev_name: 'no-such-tap', ...change },
]
const kernel: Request = ['PUT', '/boot-source', { kernel_image_path: 'DIR/vmlinux' }]
const start: Request = ['PUT', '/actions', { action_type: 'InstanceStart' }]
const machine = (vcpu_count: number, mem_size_mib: number, more: object = {}): Request => [
  'PUT',
  '/machine-config',
  { vcpu_count, mem_size_mib, ...more },
]
const deserializing = /^An error occurred when deserializing the json body of a request: .+\.$/
const vcpus =
  'Machine config error: The number of vCPUs must be greater than 0, less than 32 and must be 1 or an even number if SMT is enabled.'
const memory = 'Machine config error: The memory size (MiB) is either 0, or not a multiple of the configured page size.'
const backing =
  /^Drive config error: Unable to create the virtio block device: Virtio backend error: Error manipulating the backing file: .+ \S*gone$/
const afterStart = 'The requested operation is not supported after starting the microVM.'
const beforeStart = 'The requested operation is not supported before starting the microVM.'

/** Section 7 of the project's notes on Firecracker 1.17: what it refuses, with its status and words. */
const refusals: Record<string, Refusal> = {
  'a route that does not exist': {
    request: ['PATCH', '/boot-source', {}],
    says: 'Invalid request method and/or path: PATCH boot-source.',
  },
  'a path that does not exist': { request: ['GET', '/nothing'], says: 'Invalid request method and/or path: GET nothing.' },
  'a query, which is part of the path': {
    request: ['GET', '/version?x'],
    says: 'Invalid request method and/or path: GET version?x.',
  },
  'a PUT without a body': { request: ['PUT', '/boot-source'], says: 'Empty PUT request.' },
  'a PATCH without a body': { request: ['PATCH', '/vm'], says: 'Empty PATCH request.' },
  'a GET with a body': { request: ['GET', '/version', {}], says: 'GET request cannot have a body.' },
  'what is no JSON': { request: ['PUT', '/vsock', '{"guest_cid":'], says: deserializing },
  'an unknown field': { request: ['PUT', '/boot-source', { kernel_image_path: 'DIR/vmlinux', x: 1 }], says: deserializing },
  'a missing field': { request: ['PUT', '/boot-source', { boot_args: '' }], says: deserializing },
  'a bad MAC address': { request: card('net', { guest_mac: '02:00' }), says: deserializing },
  '256 virtual CPUs, which is no byte': { request: machine(256, 128), says: deserializing },
  'an empty id': { request: ['PUT', '/drives/', {}], says: 'The ID cannot be empty.' },
  'an id with a hyphen': {
    request: ['PUT', '/drives/a-b', { drive_id: 'a-b', is_root_device: false }],
    says: 'API Resource IDs can only contain alphanumeric characters and underscores.',
  },
  'a drive whose path and body differ': {
    request: ['PUT', '/drives/a', { drive_id: 'b', is_root_device: false }],
    says: 'The id from the path does not match the id from the body!',
  },
  'an interface whose path and body differ': {
    request: ['PUT', '/network-interfaces/a', { iface_id: 'b', host_dev_name: 'x' }],
    says: 'The id from the path [a] does not match the id from the body [b]!',
  },
  'a boot source after the start': { after: [kernel, start], request: kernel, says: afterStart },
  'a machine configuration after the start': { after: [kernel, start], request: machine(1, 128), says: afterStart },
  'a second start': { after: [kernel, start], request: start, says: afterStart },
  'a pause before the start': { request: ['PATCH', '/vm', { state: 'Paused' }], says: beforeStart },
  'Ctrl+Alt+Del before the start': { request: ['PUT', '/actions', { action_type: 'SendCtrlAltDel' }], says: beforeStart },
  'a start without a kernel': {
    request: start,
    says: 'Start microvm error: Cannot start microvm without kernel configuration.',
  },
  'a kernel that is not there': {
    request: ['PUT', '/boot-source', { kernel_image_path: 'DIR/gone' }],
    says: 'Boot source error: The kernel file cannot be opened: No such file or directory (os error 2)',
  },
  'a second root device': {
    after: [drive('a', { is_root_device: true })],
    request: drive('b', { is_root_device: true }),
    says: 'Drive config error: A root block device already exists!',
  },
  'a drive whose file is not there': { request: drive('a', { path_on_host: 'DIR/gone' }), says: backing },
  'a drive without a file and without a socket': {
    request: drive('a', { path_on_host: undefined }),
    says: 'Drive config error: Unable to create the virtio block device: Invalid block config.',
  },
  'a MAC address that is in use': {
    after: [card('a', { host_dev_name: 'tap0', guest_mac: '02:00:00:00:00:01' })],
    request: card('b', { guest_mac: '02:00:00:00:00:01' }),
    says: 'Network config error: The MAC address is already in use: 02:00:00:00:00:01',
  },
  'a tap that cannot be opened': {
    request: card('a'),
    says: /^Network config error: Could not create the network device: Open tap device failed: .+/,
  },
  'no virtual CPU': { request: machine(0, 128), says: vcpus },
  '33 virtual CPUs': { request: machine(33, 128), says: vcpus },
  'an odd number of them with SMT': { request: machine(3, 128, { smt: true }), says: vcpus },
  'no memory': { request: machine(1, 0), says: memory },
  'odd memory with huge pages': { request: machine(1, 129, { huge_pages: '2M' }), says: memory },
  'a balloon larger than the memory': {
    request: ['PUT', '/balloon', { amount_mib: 129, deflate_on_oom: true }],
    says: 'Balloon config error: Amount of pages requested is too large.',
  },
  'a vsock on a path that is taken': {
    request: ['PUT', '/vsock', { guest_cid: 3, uds_path: 'DIR/disk' }],
    says: /^Vsock config error: Cannot create backend for vsock device: Error binding to the host-side Unix socket: Address already in use \(os error 98\)$/,
  },
  'more metadata than fit': {
    after: [['PUT', '/mmds', { one: 'x'.repeat(30_000) }]],
    request: ['PATCH', '/mmds', { two: 'x'.repeat(30_000) }],
    status: 413,
    says: "MMDS limit exceeded error: The MMDS patch request doesn't fit.",
  },
  'loading a snapshot into a VM that was configured': {
    after: [machine(1, 128)],
    request: ['PUT', '/snapshot/load', { snapshot_path: 'x', mem_backend: { backend_type: 'File', backend_path: 'x' } }],
    says: 'Load snapshot error: Loading a microVM snapshot not allowed after configuring boot-specific resources.',
  },
  'a snapshot of a VM that runs': {
    after: [kernel, start],
    request: ['PUT', '/snapshot/create', { snapshot_path: 'x', mem_file_path: 'x' }],
    says: 'Create snapshot error: Cannot save the microVM state: Operation not allowed: save/restore unavailable while running',
  },
}

/** What it takes, though one might think that it would not. */
const accepted: Record<string, Request[]> = {
  '32 virtual CPUs': [machine(32, 128)],
  'an odd number of them without SMT': [machine(3, 128)],
  'a VM without a root device': [kernel, start],
  'a drive anew before the start, which replaces it': [drive('a'), drive('a', { is_root_device: true })],
  'a CID below 3': [['PUT', '/vsock', { guest_cid: 2, uds_path: 'DIR/vsock' }]],
  'one file on two drives': [drive('a'), drive('b')],
  'a drive that does not say whether it is read-only, and is writable then': [drive('a', { is_read_only: undefined })],
  'fields that are null': [['PUT', '/boot-source', { kernel_image_path: 'DIR/vmlinux', initrd_path: null }]],
  'a vsock anew, which replaces it': [
    ['PUT', '/vsock', { guest_cid: 3, uds_path: 'DIR/vsock' }],
    ['PUT', '/vsock', { guest_cid: 4, uds_path: 'DIR/vsock' }],
  ],
}

describe('the stand-in', () => {
  test.each(Object.entries(refusals))('refuses %s', async (_, { after = [], request, status = 400, says }) => {
    await using api = await prepared()
    for (const each of after) await api.send(...at(api, each))
    const [code, message] = await api.send(...at(api, request))
    expect([code, message]).toEqual([status, typeof says === 'string' ? says : expect.stringMatching(says)])
  })

  test.each(Object.entries(accepted))('takes %s', async (_, requests) => {
    await using api = await prepared()
    for (const each of requests) expect(await api.send(...at(api, each))).toEqual([204, ''])
  })

  test('can be started again after a start that failed', async () => {
    await using api = await prepared()
    await writeFile(join(api.dir, 'script'), '#!/bin/sh\n')
    await api.send('PUT', '/boot-source', { kernel_image_path: join(api.dir, 'script') })
    expect((await api.send(...start))[1]).toMatch(/^Start microvm error: .*Invalid ELF magic number/)
    await api.send(...at(api, kernel))
    expect(await api.send(...start)).toEqual([204, ''])
    expect((await api.send('GET', '/'))[1]).toContain('"state":"Running"')
  })

  test('puts the root device first, and the others in the order of their requests', async () => {
    await using api = await prepared()
    for (const request of [drive('a'), drive('b'), drive('c', { is_root_device: true })]) await api.send(...at(api, request))
    const { drives } = JSON.parse((await api.send('GET', '/vm/config'))[1]) as { drives: { drive_id: string }[] }
    expect(drives.map(({ drive_id }) => drive_id)).toEqual(['c', 'a', 'b'])
  })

  test('says where a field is on its way out', async () => {
    await using api = await prepared()
    const body = JSON.stringify({ guest_cid: 3, uds_path: join(api.dir, 'v'), vsock_id: 'x' })
    const { status, head } = await api.exchange(`PUT /vsock HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect([status, head]).toEqual([204, expect.stringContaining('\r\nDeprecation: true')])
  })
})

async function prepared(): Promise<InProcess> {
  const api = await InProcess.start()
  await mkdir(api.dir, { recursive: true })
  await writeFile(join(api.dir, 'vmlinux'), '\x7fELF and so on', 'latin1')
  await writeFile(join(api.dir, 'disk'), '')
  return api
}

/** `DIR` in a body is the test's folder. */
function at(api: InProcess, [method, path, body]: Request): Request {
  if (body === undefined) return [method, path]
  if (typeof body === 'string') return [method, path, body]
  return [method, path, JSON.parse(JSON.stringify(body).replaceAll('DIR', api.dir))]
}
