import type { Attachment } from '@banger/core'
import { sampleSpec } from '@banger/plugin-testkit'
import { describe, expect, test } from 'vitest'
import { platformOf } from '../src/platform.ts'
import { qemuArgs } from '../src/qemu-args.ts'
import { sampleQemu } from './sample-qemu.ts'

/** One option and its value a line, as a person reads a command line. */
function lines(args: string[]): string {
  return args.join(' ').replaceAll(/ (?=-[a-z])/g, '\n')
}

const guest = { mac: '52:54:00:01:02:03', address: '10.0.2.15/24', gateway: '10.0.2.2', dns: ['10.0.2.3'] }

/** What two command lines differ in. */
function difference(before: string[], after: string[]): { gone: string[]; added: string[] } {
  const [old, now] = [lines(before).split('\n'), lines(after).split('\n')]
  return { gone: old.filter((line) => !now.includes(line)), added: now.filter((line) => !old.includes(line)) }
}

describe('the command line', () => {
  test('of an emulated machine without a network', () => {
    expect(lines(qemuArgs(sampleSpec(), sampleQemu()))).toMatchInlineSnapshot(`
      "-name banger-k3v9x2m4q7ab
      -uuid 7d25f001-43c3-86ee-a27a-3f0ae66504b0
      -nodefaults
      -no-user-config
      -no-reboot
      -display none
      -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
      -pidfile qemu.pid
      -machine q35,sata=off,smbus=off,vmport=off,usb=off
      -accel tcg,thread=single
      -cpu max,erms=off
      -smp 2
      -m 512M
      -bios /usr/share/qemu/qboot.rom
      -kernel /state/kernels/generic-6.1/vmlinux
      -initrd /cache/initrds/1f.cpio
      -append banger.channel=virtio console=ttyS0 quiet panic=-1 reboot=k no_timer_check nowatchdog cryptomgr.notests banger.root=vda banger.overlay=vdb banger.init=auto
      -chardev file,id=console,path=/state/vms/k3v9x2m4q7ab/console.log,append=on
      -serial chardev:console
      -chardev socket,id=qmp,path=qmp.sock,server=on,wait=off
      -mon chardev=qmp,mode=control
      -device virtio-serial-pci,max_ports=2
      -chardev socket,id=agent,path=agent.sock,server=on,wait=off
      -device virtserialport,chardev=agent,name=banger.agent
      -object rng-random,id=entropy,filename=/dev/urandom
      -device virtio-rng-pci,rng=entropy
      -blockdev driver=raw,node-name=root,file.driver=file,file.filename=/state/images/debian/rootfs.ext4,read-only=on,file.locking=off
      -device virtio-blk-pci,drive=root,serial=root
      -blockdev driver=raw,node-name=overlay,file.driver=file,file.filename=/state/vms/k3v9x2m4q7ab/overlay.ext4,discard=unmap,detect-zeroes=off
      -device virtio-blk-pci,drive=overlay,serial=overlay"
    `)
  })

  test('gives each CPU a thread of its own only where QEMU translates code that is being patched without a race', () => {
    const acceleration = (version: string) => qemuArgs(sampleSpec(), sampleQemu({ version })).find((arg) => arg.startsWith('tcg'))
    expect(['7.2.22', '8.0.5', '8.1.0', '10.0.2'].map(acceleration)).toEqual([
      'tcg,thread=single',
      'tcg,thread=single',
      'tcg,thread=multi',
      'tcg,thread=multi',
    ])
  })

  test('differs under KVM in the accelerator, the CPU and what emulation asks of the kernel', () => {
    const kvm = sampleQemu({ acceleration: 'kvm', kvm: { usable: true } })
    expect(difference(qemuArgs(sampleSpec(), sampleQemu()), qemuArgs(sampleSpec(), kvm))).toMatchInlineSnapshot(`
      {
        "added": [
          "-accel kvm",
          "-cpu host",
          "-append banger.channel=virtio console=ttyS0 quiet panic=-1 reboot=k banger.root=vda banger.overlay=vdb banger.init=auto",
        ],
        "gone": [
          "-accel tcg,thread=single",
          "-cpu max,erms=off",
          "-append banger.channel=virtio console=ttyS0 quiet panic=-1 reboot=k no_timer_check nowatchdog cryptomgr.notests banger.root=vda banger.overlay=vdb banger.init=auto",
        ],
      }
    `)
  })

  test('has a card and the published ports on a user network', () => {
    const attachment: Attachment = {
      kind: 'user',
      guest,
      publish: [
        { hostAddress: '127.0.0.1', hostPort: 8080, guestPort: 80 },
        { hostAddress: '0.0.0.0', hostPort: 2222, guestPort: 22 },
      ],
    }
    expect(
      difference(qemuArgs(sampleSpec(), sampleQemu()), qemuArgs(sampleSpec({ attachment }), sampleQemu())),
    ).toMatchInlineSnapshot(`
      {
        "added": [
          "-netdev user,id=net,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.3,dhcpstart=10.0.2.15,ipv6=off,hostfwd=tcp:127.0.0.1:8080-10.0.2.15:80,hostfwd=tcp:0.0.0.0:2222-10.0.2.15:22",
          "-device virtio-net-pci,netdev=net,mac=52:54:00:01:02:03,romfile=",
        ],
        "gone": [],
      }
    `)
  })

  test('has a card on a tap device', () => {
    const attachment: Attachment = { kind: 'tap', device: 'banger0', guest: { ...guest, address: '172.16.0.2/24' }, publish: [] }
    expect(
      difference(qemuArgs(sampleSpec(), sampleQemu()), qemuArgs(sampleSpec({ attachment }), sampleQemu())),
    ).toMatchInlineSnapshot(`
      {
        "added": [
          "-netdev tap,id=net,ifname=banger0,script=no,downscript=no",
          "-device virtio-net-pci,netdev=net,mac=52:54:00:01:02:03,romfile=",
        ],
        "gone": [],
      }
    `)
  })

  test('has further drives in order: modules are shared, the work disk is not', () => {
    const base = sampleSpec()
    const drives = [
      ...base.drives,
      { id: 'modules' as const, path: '/state/kernels/generic-6.1/modules.ext4', readOnly: true },
      { id: 'work' as const, path: '/state/vms/k3v9x2m4q7ab/work.ext4', readOnly: false },
    ]
    expect(difference(qemuArgs(base, sampleQemu()), qemuArgs({ ...base, drives }, sampleQemu()))).toMatchInlineSnapshot(`
      {
        "added": [
          "-blockdev driver=raw,node-name=modules,file.driver=file,file.filename=/state/kernels/generic-6.1/modules.ext4,read-only=on,file.locking=off",
          "-device virtio-blk-pci,drive=modules,serial=modules",
          "-blockdev driver=raw,node-name=work,file.driver=file,file.filename=/state/vms/k3v9x2m4q7ab/work.ext4,discard=unmap,detect-zeroes=off",
          "-device virtio-blk-pci,drive=work,serial=work",
        ],
        "gone": [],
      }
    `)
  })

  test('leaves out what this QEMU lacks', () => {
    const { firmware: _, ...bare } = sampleQemu({ sandbox: false })
    expect(difference(qemuArgs(sampleSpec(), sampleQemu()), qemuArgs(sampleSpec(), bare)).gone).toMatchInlineSnapshot(`
      [
        "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-bios /usr/share/qemu/qboot.rom",
      ]
    `)
  })

  test('names the machine and the serial port of arm64', () => {
    const platform = platformOf('arm64')
    if (!platform) throw new Error('arm64 is a platform')
    const args = lines(qemuArgs(sampleSpec(), sampleQemu({ platform })))
    expect(args).toContain('-machine virt\n')
    expect(args).toContain('console=ttyAMA0')
  })

  test('doubles the commas of file names, which would end an option', () => {
    const drives = [{ id: 'root' as const, path: '/images/a,b.ext4', readOnly: true }]
    const args = lines(qemuArgs(sampleSpec({ drives, consoleLog: '/vms/a,b/console.log' }), sampleQemu()))
    expect(args).toContain('file.filename=/images/a,,b.ext4,read-only=on')
    expect(args).toContain('path=/vms/a,,b/console.log,append=on')
  })

  test('gives a machine the same UUID every time, and another one to another machine', () => {
    const uuid = (id: string): string => /-uuid (\S+)/.exec(lines(qemuArgs(sampleSpec({ id }), sampleQemu())))?.[1] ?? ''
    expect(uuid('k3v9x2m4q7ab')).toBe(uuid('k3v9x2m4q7ab'))
    expect(uuid('k3v9x2m4q7ab')).not.toBe(uuid('k3v9x2m4q7ac'))
    expect(uuid('k3v9x2m4q7ab')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
