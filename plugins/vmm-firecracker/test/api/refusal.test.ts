import { describe, expect, test } from 'vitest'
import type { ApiCall } from '../../src/api/call.ts'
import { refusal } from '../../src/api/refusal.ts'

const put = (path: string): ApiCall => ({ method: 'PUT', path, body: {} })

/** Everything that Firecracker refuses, in its words, and the setting that the user is told to change. */
const refusals: [string, string, RegExp][] = [
  ['/boot-source', 'Invalid request method and/or path: PATCH boot-source.', /firecracker_bin/],
  ['/vsock', 'Empty PUT request.', /firecracker_bin/],
  ['/vsock', 'Empty PATCH request.', /firecracker_bin/],
  ['/', 'GET request cannot have a body.', /firecracker_bin/],
  ['/serial', 'An error occurred when deserializing the json body of a request: unknown field `x`.', /firecracker_bin/],
  ['/drives/root', 'The ID cannot be empty.', /firecracker_bin/],
  ['/drives/a-b', 'API Resource IDs can only contain alphanumeric characters and underscores.', /firecracker_bin/],
  ['/drives/root', 'The id from the path does not match the id from the body!', /firecracker_bin/],
  ['/network-interfaces/net', 'The id from the path [a] does not match the id from the body [b]!', /firecracker_bin/],
  ['/vsock', 'The requested operation is not supported after starting the microVM.', /firecracker_bin/],
  ['/vm', 'The requested operation is not supported before starting the microVM.', /firecracker_bin/],
  ['/actions', 'Start microvm error: Cannot start microvm without kernel configuration.', /kernel/],
  ['/boot-source', 'Boot source error: The kernel file cannot be opened: No such file or directory (os error 2)', /--kernel-ref/],
  ['/boot-source', 'Boot source error: The initrd file cannot be opened due to invalid path or invalid permissions. x', /kernel/],
  ['/boot-source', 'Boot source error: The kernel command line is invalid: Too large', /kernel/],
  ['/drives/root', 'Drive config error: A root block device already exists!', /firecracker_bin/],
  [
    '/drives/root',
    'Drive config error: Unable to create the virtio block device: Virtio backend error: Error manipulating the backing file: No such file or directory (os error 2) /images/x',
    /--image/,
  ],
  [
    '/drives/overlay',
    'Drive config error: Unable to create the virtio block device: Virtio backend error: Error manipulating the backing file: Permission denied (os error 13) /vms/x',
    /--disk/,
  ],
  [
    '/drives/modules',
    'Drive config error: Unable to create the virtio block device: Virtio backend error: Error manipulating the backing file: x /kernels/x',
    /kernel list/,
  ],
  [
    '/drives/work',
    'Drive config error: Unable to create the virtio block device: Virtio backend error: Error manipulating the backing file: x /vms/x',
    /--image/,
  ],
  ['/drives/root', 'Drive config error: Unable to create the virtio block device: Invalid block config.', /firecracker_bin/],
  ['/network-interfaces/net', 'Network config error: The MAC address is already in use: 02:00:00:00:00:01', /--network/],
  [
    '/network-interfaces/net',
    'Network config error: Could not create the network device: Open tap device failed: Operation not permitted (os error 1)',
    /--network/,
  ],
  [
    '/machine-config',
    'Machine config error: The number of vCPUs must be greater than 0, less than 32 and must be 1 or an even number if SMT is enabled.',
    /--vcpus/,
  ],
  [
    '/machine-config',
    'Machine config error: The memory size (MiB) is either 0, or not a multiple of the configured page size.',
    /--memory/,
  ],
  ['/balloon', 'Balloon config error: Amount of pages requested is too large.', /balloon_mib/],
  [
    '/vsock',
    'Vsock config error: Cannot create backend for vsock device: Error binding to the host-side Unix socket: Address already in use (os error 98)',
    /XDG_STATE_HOME/,
  ],
  ['/mmds', "MMDS limit exceeded error: The MMDS patch request doesn't fit.", /firecracker_bin/],
  [
    '/snapshot/load',
    'Load snapshot error: Loading a microVM snapshot not allowed after configuring boot-specific resources.',
    /firecracker_bin/,
  ],
  [
    '/snapshot/create',
    'Create snapshot error: Cannot save the microVM state: Operation not allowed: save/restore unavailable while running',
    /firecracker_bin/,
  ],
  [
    '/actions',
    'Start microvm error: Kvm error: Error creating the Kvm object: Permission denied (os error 13)',
    /KVM[\s\S]*--vmm qemu/,
  ],
  ['/actions', 'Start microvm error: Invalid Memory Configuration: Cannot mmap: Cannot allocate memory', /--memory/],
  ['/', 'Too many open connections', /api\.sock/],
]

describe('a refusal becomes an error that says what to change:', () => {
  test.each(refusals)('%s: %s', (path, words, setting) => {
    const error = refusal('devbox', put(path), words)
    expect(error).toMatchObject({
      code: 'vmm.refused',
      message: `Firecracker refused PUT ${path} for the VM "devbox": ${words}`,
      hint: expect.stringMatching(setting),
    })
  })
})
