import { describe, expect, test } from 'vitest'
import type { MachineSpec } from '@banger/core'
import { bootCalls } from '../../src/api/boot-calls.ts'
import { placesInJail } from '../../src/jail.ts'
import type { Settings } from '../../src/settings.ts'
import { sampleSettings, sampleSpec, without } from '../sample-spec.ts'

/** One line a request, as it is sent. */
function sequence(spec: MachineSpec, settings: Settings = sampleSettings(), place = (path: string) => path): string[] {
  return bootCalls(spec, settings, place).map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`)
}

const args =
  'banger.channel=vsock:1024 console=ttyS0 quiet panic=-1 reboot=k i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce banger.root=vda banger.overlay=vdb banger.modules=vdc banger.init=/sbin/init'
const bootSource = `PUT /boot-source {"kernel_image_path":"/state/kernels/generic-6.1/vmlinux","initrd_path":"/cache/initrds/1f.cpio","boot_args":"${args}"}`
const machineConfig = 'PUT /machine-config {"vcpu_count":2,"mem_size_mib":512}'
const root =
  'PUT /drives/root {"drive_id":"root","path_on_host":"/state/images/debian/rootfs.ext4","is_root_device":true,"is_read_only":true}'
const overlay =
  'PUT /drives/overlay {"drive_id":"overlay","path_on_host":"/state/vms/k3v9x2m4q7ab/overlay.ext4","is_root_device":false,"is_read_only":false,"cache_type":"Writeback"}'
const modules =
  'PUT /drives/modules {"drive_id":"modules","path_on_host":"/state/kernels/generic-6.1/modules.ext4","is_root_device":false,"is_read_only":true}'
const network = 'PUT /network-interfaces/net {"iface_id":"net","host_dev_name":"btap7","guest_mac":"02:fc:00:00:00:05"}'
const vsock = 'PUT /vsock {"guest_cid":3,"uds_path":"vsock.sock"}'
const entropy = 'PUT /entropy {}'
const start = 'PUT /actions {"action_type":"InstanceStart"}'

describe('what is asked of Firecracker for a machine', () => {
  test('is its configuration, its devices, and the start', () => {
    expect(sequence(sampleSpec())).toEqual([machineConfig, bootSource, root, overlay, modules, network, vsock, entropy, start])
  })

  test('without a network has no interface', () => {
    expect(sequence(without(sampleSpec(), 'attachment'))).toEqual([
      machineConfig,
      bootSource,
      root,
      overlay,
      modules,
      vsock,
      entropy,
      start,
    ])
  })

  test('without an initrd names none, and the kernel mounts the root device', () => {
    const calls = sequence(without(sampleSpec(), 'initrd', 'attachment'))
    expect(calls[1]).toBe(`PUT /boot-source {"kernel_image_path":"/state/kernels/generic-6.1/vmlinux","boot_args":"${args}"}`)
    expect(calls[2]).toContain('"is_root_device":true')
  })

  test('with a work disk has it last of the drives, as core names it to the guest', () => {
    const { drives } = sampleSpec()
    const spec = sampleSpec({ drives: [...drives, { id: 'work', path: '/state/vms/k3v9x2m4q7ab/work.ext4', readOnly: false }] })
    expect(sequence(spec).slice(2, 6)).toEqual([
      root,
      overlay,
      modules,
      'PUT /drives/work {"drive_id":"work","path_on_host":"/state/vms/k3v9x2m4q7ab/work.ext4","is_root_device":false,"is_read_only":false,"cache_type":"Writeback"}',
    ])
  })

  test('with a balloon has it after the memory that it is taken from', () => {
    expect(sequence(sampleSpec(), sampleSettings({ balloon: 128 })).slice(-3)).toEqual([
      entropy,
      'PUT /balloon {"amount_mib":128,"deflate_on_oom":true}',
      start,
    ])
  })

  test('with limits has them on every drive and on both directions of the network', () => {
    const settings = sampleSettings({ disk: { bandwidth: 10_485_760, ops: 500 }, network: { bandwidth: 1_048_576 } })
    expect(sequence(sampleSpec(), settings).slice(2, 6)).toEqual([
      root.replace(/}$/, `,"rate_limiter":${limit('bandwidth', 10_485_760, 'ops', 500)}}`),
      overlay.replace(/}$/, `,"rate_limiter":${limit('bandwidth', 10_485_760, 'ops', 500)}}`),
      modules.replace(/}$/, `,"rate_limiter":${limit('bandwidth', 10_485_760, 'ops', 500)}}`),
      network.replace(
        /}$/,
        `,"rx_rate_limiter":${limit('bandwidth', 1_048_576)},"tx_rate_limiter":${limit('bandwidth', 1_048_576)}}`,
      ),
    ])
  })

  test('in a jail names files as they are called there', () => {
    const spec = sampleSpec()
    expect(sequence(spec, sampleSettings(), placesInJail(spec))).toEqual([
      machineConfig,
      `PUT /boot-source {"kernel_image_path":"vmlinux","initrd_path":"initrd","boot_args":"${args}"}`,
      'PUT /drives/root {"drive_id":"root","path_on_host":"root.img","is_root_device":true,"is_read_only":true}',
      'PUT /drives/overlay {"drive_id":"overlay","path_on_host":"overlay.img","is_root_device":false,"is_read_only":false,"cache_type":"Writeback"}',
      'PUT /drives/modules {"drive_id":"modules","path_on_host":"modules.img","is_root_device":false,"is_read_only":true}',
      network,
      vsock,
      entropy,
      start,
    ])
  })

  test('never keeps the initrd from loading modules', () => {
    expect(sequence(sampleSpec()).join()).not.toMatch(/nomodule|nr_uarts=0/)
  })
})

function limit(...pairs: (string | number)[]): string {
  const names = pairs.filter((_, index) => index % 2 === 0)
  return `{${names.map((name, index) => `"${name}":{"size":${pairs[index * 2 + 1]},"refill_time":1000}`).join(',')}}`
}
