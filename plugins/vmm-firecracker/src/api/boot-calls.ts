import type { Attachment, Drive, MachineSpec } from '@banger/core'
import { files } from '../files.ts'
import { kernelArgs } from '../kernel-args.ts'
import type { Settings } from '../settings.ts'
import type { ApiCall } from './call.ts'

/** Where Firecracker sees a file of the host. */
export type Place = (path: string) => string

/**
 * What to ask of a fresh Firecracker, in order, for a machine to boot
 * (https://github.com/firecracker-microvm/firecracker/blob/main/src/firecracker/swagger/firecracker.yaml).
 * The balloon's size is checked against the memory, and InstanceStart ends the time for all the others.
 */
export function bootCalls(spec: MachineSpec, settings: Settings, place: Place): ApiCall[] {
  return [
    put('/machine-config', { vcpu_count: spec.vcpus, mem_size_mib: spec.memory }),
    put('/boot-source', {
      kernel_image_path: place(spec.kernel.path),
      ...(spec.initrd ? { initrd_path: place(spec.initrd) } : {}),
      boot_args: [...kernelArgs, ...spec.kernel.cmdline].join(' '),
    }),
    ...spec.drives.map((drive) => putDrive(drive, settings, place)),
    ...(spec.attachment ? putNetwork(spec.attachment, settings) : []),
    // Each guest has the host to itself, so that all can have the same number.
    put('/vsock', { guest_cid: 3, uds_path: files.vsock }),
    put('/entropy', {}),
    ...(settings.balloon ? [put('/balloon', { amount_mib: settings.balloon, deflate_on_oom: true })] : []),
    put('/actions', { action_type: 'InstanceStart' }),
  ]
}

/** Guests see the drives in the order of these requests, the root device first. Core's root is the first anyway. */
function putDrive({ id, path, readOnly }: Drive, { disk }: Settings, place: Place): ApiCall {
  return put(`/drives/${id}`, {
    drive_id: id,
    path_on_host: place(path),
    is_root_device: id === 'root',
    is_read_only: readOnly,
    // What the guest has synced survives a crash of the host.
    ...(readOnly ? {} : { cache_type: 'Writeback' }),
    ...limited('rate_limiter', disk),
  })
}

function putNetwork(attachment: Attachment, { network }: Settings): ApiCall[] {
  if (attachment.kind !== 'tap') return []
  const body = { iface_id: 'net', host_dev_name: attachment.device, guest_mac: attachment.guest.mac }
  return [
    put('/network-interfaces/net', { ...body, ...limited('rx_rate_limiter', network), ...limited('tx_rate_limiter', network) }),
  ]
}

function limited(field: string, rates: { bandwidth?: number; ops?: number }): Record<string, unknown> {
  const buckets = Object.entries(rates).map(([name, size]) => [name, { size, refill_time: 1000 }] as const)
  return buckets.length > 0 ? { [field]: Object.fromEntries(buckets) } : {}
}

function put(path: string, body: Record<string, unknown>): ApiCall {
  return { method: 'PUT', path, body }
}
