import { createHash } from 'node:crypto'
import type { Attachment, Drive, MachineSpec } from '@banger/core'
import semver from 'semver'
import { kernelArgs } from './kernel-args.ts'
import { sandboxOption, type Qemu } from './probe.ts'

/** Files in the VM's folder, which is QEMU's working directory: relative names keep sockets below the 108 bytes of a path. */
export const files = { agent: 'agent.sock', qmp: 'qmp.sock', pid: 'qemu.pid', log: 'qemu.log' } as const

/** The value of `-name`, by which a VM's process is found. */
export const processName = (id: string): string => `banger-${id}`

/**
 * QEMU's command line for a machine, program left out.
 * (https://www.qemu.org/docs/master/system/invocation.html)
 */
export function qemuArgs(spec: MachineSpec, qemu: Qemu): string[] {
  return [
    ...['-name', processName(spec.id), '-uuid', uuidOf(spec.id)],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...(qemu.sandbox ? ['-sandbox', sandboxOption] : []),
    ...['-pidfile', files.pid],
    ...machine(spec, qemu),
    ...['-kernel', spec.kernel.path, ...(spec.initrd ? ['-initrd', spec.initrd] : [])],
    ...['-append', [...kernelArgs(qemu), ...spec.kernel.cmdline].join(' ')],
    ...['-chardev', `file,id=console,path=${escaped(spec.consoleLog)},append=on`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=qmp,path=${files.qmp},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
    ...['-device', device('virtio-serial', 'max_ports=2')],
    ...['-chardev', `socket,id=agent,path=${files.agent},server=on,wait=off`],
    ...['-device', 'virtserialport,chardev=agent,name=banger.agent'],
    ...['-object', 'rng-random,id=entropy,filename=/dev/urandom', '-device', device('virtio-rng', 'rng=entropy')],
    ...spec.drives.flatMap(drive),
    ...(spec.attachment ? network(spec.attachment) : []),
  ]
}

function machine(spec: MachineSpec, { acceleration, firmware, platform, version }: Qemu): string[] {
  return [
    ...['-machine', platform.machine],
    ...(acceleration === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', `tcg,thread=${threads(version)}`, '-cpu', emulatedCpu]),
    ...['-smp', `${spec.vcpus}`, '-m', `${spec.memory}M`],
    ...(firmware ? ['-bios', firmware] : []),
  ]
}

/** With `erms` the guest clears and copies memory by `rep stosb` and `rep movsb`, which are emulated byte by byte; without, by words. */
const emulatedCpu = 'max,erms=off'

/**
 * Before QEMU 8.1 a CPU may translate code that another one is just patching, and keep what it read: Linux, which patches itself
 * at boot, then loops for ever on a breakpoint that is long gone (1 boot in 300 here). With one thread for all CPUs there is no such race.
 */
function threads(version: string): 'single' | 'multi' {
  return semver.lt(version, '8.1.0') ? 'single' : 'multi'
}

/** Guests see the drives in the order of their PCI slots, which is the order of the arguments. */
function drive({ id, path, readOnly }: Drive): string[] {
  // A file that nobody writes to may be shared by any number of VMs, and needs no lock.
  const access = readOnly ? 'read-only=on,file.locking=off' : 'discard=unmap,detect-zeroes=off'
  return [
    '-blockdev',
    `driver=raw,node-name=${id},file.driver=file,file.filename=${escaped(path)},${access}`,
    '-device',
    device('virtio-blk', `drive=${id}`, `serial=${id}`),
  ]
}

function network(attachment: Attachment): string[] {
  const card = device('virtio-net', 'netdev=net', `mac=${attachment.guest.mac}`, 'romfile=')
  if (attachment.kind === 'tap') {
    return ['-netdev', `tap,id=net,ifname=${escaped(attachment.device)},script=no,downscript=no`, '-device', card]
  }
  const { guest, publish } = attachment
  const address = guest.address.split('/')[0] ?? ''
  const forwards = publish.map((port) => `hostfwd=tcp:${port.hostAddress}:${port.hostPort}-${address}:${port.guestPort}`)
  const options = [
    `net=${networkOf(guest.address)}`,
    ...(guest.gateway ? [`host=${guest.gateway}`] : []),
    ...(guest.dns[0] ? [`dns=${guest.dns[0]}`] : []),
    `dhcpstart=${address}`,
    'ipv6=off',
    ...forwards,
  ]
  return ['-netdev', `user,id=net,${options.join(',')}`, '-device', card]
}

const device = (name: string, ...options: string[]): string => [`${name}-pci`, ...options].join(',')

/** `10.0.2.15/24` → `10.0.2.0/24` */
function networkOf(cidr: string): string {
  const [address = '', bits = '24'] = cidr.split('/')
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  const first = Math.floor(number / size) * size
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${bits}`
}

/** In option values QEMU takes two commas for one. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,')
}

/** A stable UUID (version 8, https://www.rfc-editor.org/rfc/rfc9562) for the id. */
function uuidOf(id: string): string {
  const hex = createHash('sha256').update(`banger:${id}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
