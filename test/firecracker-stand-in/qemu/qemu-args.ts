import { existsSync } from 'node:fs'
import { platformOf } from '../../../plugins/vmm-qemu/src/platform.ts'
import type { VmConfig } from '../vm/config.ts'

/** What Firecracker would tell the kernel when it is told nothing. */
const defaultBootArgs = 'reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce'

/** Where a QEMU child finds its control connection. */
export const controlFd = 3

/**
 * QEMU's command line for a machine that Firecracker was told of. It emulates always. Where it cannot be like Firecracker: devices are
 * on PCI, and the agent's vsock port is a virtio-serial port, since hosts without vhost-vsock have no other.
 * @param agentSocket abstract name of the socket that leads to that port
 */
export function qemuArgs(config: VmConfig, agentSocket: string): string[] {
  const { machine, bootSource, drives, networks, vsock, entropy, balloon, serial } = config
  const platform = platformOf(process.arch)
  if (!platform || !bootSource) throw new Error(`the stand-in runs no guests on ${process.arch}`)
  const firmware = `/usr/share/qemu/${platform.firmware}`
  return [
    ...['-name', 'firecracker-stand-in', '-nodefaults', '-no-user-config', '-display', 'none'],
    // A reset is Firecracker's end, and a guest that powers off leaves it running.
    ...['-no-reboot', '-no-shutdown'],
    ...['-machine', platform.machine, '-accel', 'tcg,thread=single', '-cpu', 'max'],
    ...['-smp', `${machine.vcpu_count}`, '-m', `${machine.mem_size_mib}M`],
    ...(platform.firmware && existsSync(firmware) ? ['-bios', firmware] : []),
    ...['-kernel', bootSource.kernel_image_path, ...(bootSource.initrd_path ? ['-initrd', bootSource.initrd_path] : [])],
    ...['-append', commandLine(config)],
    ...[
      '-chardev',
      serial?.serial_out_path ? `file,id=console,path=${escaped(serial.serial_out_path)}` : 'stdio,id=console,signal=off',
    ],
    ...['-serial', 'chardev:console'],
    ...['-chardev', `socket,id=control,fd=${controlFd}`, '-mon', 'chardev=control,mode=control'],
    ...(vsock ? agentPort(agentSocket) : []),
    ...(entropy ? ['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng'] : []),
    ...(balloon ? ['-device', `virtio-balloon-pci,deflate-on-oom=${balloon.deflate_on_oom ? 'on' : 'off'}`] : []),
    ...drives.flatMap((drive, index) => [
      '-blockdev',
      `driver=raw,node-name=drive${index},file.driver=file,file.filename=${escaped(drive.path_on_host)},${access(drive)}`,
      '-device',
      `virtio-blk-pci,drive=drive${index},serial=${drive.drive_id}`,
    ]),
    ...networks.flatMap(({ host_dev_name, guest_mac }, index) => [
      '-netdev',
      `tap,id=net${index},ifname=${host_dev_name},script=no,downscript=no`,
      '-device',
      `virtio-net-pci,netdev=net${index},romfile=${guest_mac ? `,mac=${guest_mac}` : ''}`,
    ]),
  ]
}

function commandLine({ bootSource, drives, vsock }: VmConfig): string {
  const [root] = drives
  return [
    bootSource?.boot_args ?? defaultBootArgs,
    ...(root?.is_root_device ? [`root=/dev/vda ${root.is_read_only ? 'ro' : 'rw'}`] : []),
    // The agent is on the virtio-serial port here; a later argument wins.
    ...(vsock ? ['banger.channel=virtio'] : []),
    // Emulation is slow enough that an overloaded host looks like broken hardware to the guest.
    ...['no_timer_check', 'nowatchdog', 'cryptomgr.notests'],
  ].join(' ')
}

function agentPort(socket: string): string[] {
  return [
    ...['-device', 'virtio-serial-pci,max_ports=2'],
    ...['-chardev', `socket,id=agent,path=${socket},abstract=on,server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=banger.agent'],
  ]
}

function access({ is_read_only }: { is_read_only?: boolean | null }): string {
  return is_read_only ? 'read-only=on,file.locking=off' : 'discard=unmap'
}

/** In option values QEMU takes two commas for one. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,')
}
