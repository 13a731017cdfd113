import { spawn } from 'node:child_process'
import { globSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { AgentClient } from '../core/src/guest/agent-client.ts'
import { openPreamble } from '../core/src/guest/preamble.ts'
import type { BenchHome } from './bench-home.ts'

interface ByHand {
  dir: string
  args: string[]
}

/** What someone would type who starts QEMU with banger's kernel and initrd, and a disk made beforehand. */
export async function prepareByHand(home: BenchHome): Promise<ByHand> {
  const dir = join(home.dir, 'by-hand')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  const initrd = globSync(join(home.dir, '.cache/banger/initrds/*.cpio')).sort(
    (a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs,
  )[0]
  if (!initrd) throw new Error('banger has built no initrd')
  home.runProgram('truncate', '-s', '10G', join(dir, 'overlay.ext4'))
  home.runProgram('mke2fs', '-q', '-F', '-t', 'ext4', join(dir, 'overlay.ext4'))
  const { vmlinux, modulesImage } = home.kernel.files
  const disks = [home.image.files.rootfs, join(dir, 'overlay.ext4'), modulesImage ?? '']
  const append =
    'console=ttyS0 quiet banger.channel=virtio banger.root=vda banger.overlay=vdb banger.modules=vdc banger.init=/sbin/init'
  return {
    dir,
    args: [
      ...['-M', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '1024M'],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-bios', 'qboot.rom'],
      ...['-kernel', vmlinux, '-initrd', initrd, '-append', append, '-serial', `file:${dir}/console.log`],
      ...disks.flatMap((path, index) => [
        '-drive',
        `if=none,id=d${index},format=raw,file=${path},read-only=${index === 1 ? 'off' : 'on'}`,
        '-device',
        `virtio-blk-pci,drive=d${index}`,
      ]),
      ...['-netdev', 'user,id=n', '-device', 'virtio-net-pci,netdev=n,romfile='],
      ...['-device', 'virtio-serial-pci', '-chardev', `socket,id=c,path=${dir}/agent.sock,server=on,wait=off`],
      ...['-device', 'virtserialport,chardev=c,name=banger.agent'],
    ],
  }
}

/** From QEMU's start until the agent has answered. @returns milliseconds */
export async function bootByHand({ dir, args }: ByHand): Promise<number> {
  const before = performance.now()
  const qemu = spawn('qemu-system-x86_64', args, { stdio: 'ignore' })
  const ended = new Promise((resolve) => qemu.once('close', resolve))
  const agent = new AgentClient((signal) => openPreamble(connect(`${dir}/agent.sock`), signal ? { signal } : {}))
  try {
    await agent.waitReady({ timeout: 60_000 })
    return performance.now() - before
  } finally {
    agent.close()
    qemu.kill('SIGKILL')
    await ended
    rmSync(`${dir}/agent.sock`, { force: true })
  }
}
