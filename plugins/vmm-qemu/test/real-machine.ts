import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host, MachineSpec } from '@banger/core'
import { createHost } from '../../../core/src/host/index.ts'
import { resolvePaths } from '../../../core/src/store/paths.ts'
import { probeGuest } from '../src/probe-guest.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** The machine that the tests run on. */
export function realHost(change: Partial<Host> = {}): Host {
  return { ...createHost(resolvePaths({ HOME: tmpdir() }), quiet), ...change }
}

/**
 * A machine that QEMU really runs, though there is no Linux in it: its kernel is the probe's guest, which halts once it has run.
 * @param folder name of a folder in a fresh temporary one; the VM's own
 */
export async function realSpec(id: string, folder = 'vm'): Promise<{ spec: MachineSpec; remove: () => Promise<void> }> {
  const base = await mkdtemp(join(tmpdir(), 'banger-qemu-'))
  const dir = join(base, folder)
  await mkdir(dir, { recursive: true })
  const file = (name: string): string => join(base, name)
  await writeFile(file('vmlinux'), probeGuest())
  await writeFile(file('initrd'), 'no initrd')
  for (const name of ['root.ext4', 'overlay.ext4']) {
    await writeFile(file(name), '')
    await truncate(file(name), 1 << 20)
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
      { id: 'overlay', path: file('overlay.ext4'), readOnly: false },
    ],
    consoleLog: join(dir, 'console.log'),
  }
  return { spec, remove: () => rm(base, { recursive: true, force: true }) }
}
