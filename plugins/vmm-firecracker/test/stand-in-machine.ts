import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Host, type MachineSpec, tinyKernel } from '@banger/core'
import { createHost } from '../../../core/src/host/index.ts'
import { resolvePaths } from '../../../core/src/store/paths.ts'
import { installStandIn } from '../../../test/firecracker-stand-in/launcher.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** The machine that the tests run on. */
export function realHost(change: Partial<Host> = {}): Host {
  return { ...createHost(resolvePaths({ HOME: tmpdir() }), quiet), ...change }
}

export interface StandInMachine {
  spec: MachineSpec
  /** Path of the program. */
  firecracker: string
  jailer: string
  remove(): Promise<void>
}

/**
 * A machine that the stand-in really runs, though there is no Linux in it.
 * @param kernel its guest; by default one that halts for good
 * @param folder name of a folder in a fresh temporary one; the VM's own
 */
export async function standInMachine(
  id: string,
  { kernel = guestThat('', 'stays'), folder = 'vm' } = {},
): Promise<StandInMachine> {
  const base = await mkdtemp(join(tmpdir(), 'banger-firecracker-'))
  const dir = join(base, folder)
  await mkdir(dir, { recursive: true })
  const firecracker = installStandIn(join(base, 'bin'))
  const file = (name: string): string => join(base, name)
  await writeFile(file('vmlinux'), kernel)
  await writeFile(file('initrd'), 'no initrd')
  for (const path of [file('root.ext4'), join(dir, 'overlay.ext4')]) {
    await writeFile(path, '')
    await truncate(path, 1 << 20)
  }
  const spec: MachineSpec = {
    id,
    name: `test-${id}`,
    dir,
    vcpus: 1,
    memory: 64,
    kernel: { path: file('vmlinux'), cmdline: [] },
    initrd: file('initrd'),
    drives: [
      { id: 'root', path: file('root.ext4'), readOnly: true },
      { id: 'overlay', path: join(dir, 'overlay.ext4'), readOnly: false },
    ],
    consoleLog: join(dir, 'console.log'),
  }
  return { spec, firecracker, jailer: join(base, 'bin/jailer'), remove: () => rm(base, { recursive: true, force: true }) }
}

/** A guest that writes to its serial port, and then stands still or resets through the keyboard controller. */
export function guestThat(says: string, then: 'stays' | 'resets'): Buffer {
  const say = [...Buffer.from(says)].flatMap((byte) => [0xb0, byte, 0xee]) //  mov $byte, %al; out %al, %dx
  const port = [0x66, 0xba, 0xf8, 0x03] //                                    mov $0x3f8, %dx
  const reset = then === 'resets' ? [0xb0, 0xfe, 0xe6, 0x64] : [] //          mov $0xfe, %al; out %al, $0x64
  return tinyKernel(Buffer.from([...port, ...say, ...reset, 0xfa, 0xf4, 0xeb, 0xfd])) // cli; hlt; jmp
}
