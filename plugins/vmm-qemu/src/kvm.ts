import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '@banger/core'
import { debugExitCode, debugExitPort, probeGuest } from './probe-guest.ts'

export type KvmState = { usable: true } | { usable: false; reason: string; advice?: string }

/** Milliseconds; the run takes about 100 where KVM works. */
const runTimeout = 3000

/**
 * Whether KVM runs guests here. That /dev/kvm opens says little: some hosts have a KVM that emulates most instructions, or
 * that rejects what `-cpu host` sets. So a guest of a few instructions is run to its end.
 * @param qemu absolute path of QEMU
 */
export async function probeKvm(host: Host, qemu: string): Promise<KvmState> {
  const closed = await openKvm()
  if (closed) return closed
  return host.arch === 'x64' ? runProbeGuest(host, qemu) : createVcpu(host, qemu)
}

/** @returns undefined when /dev/kvm can be opened */
async function openKvm(): Promise<KvmState | undefined> {
  try {
    await (await open('/dev/kvm', 'r+')).close()
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      return {
        usable: false,
        reason: 'no KVM',
        advice: 'For fast VMs, turn on virtualisation in the firmware setup and load the module kvm_intel or kvm_amd.',
      }
    }
    if (code === 'EACCES' || code === 'EPERM')
      return { usable: false, reason: 'no permission to use /dev/kvm', advice: await permissionAdvice() }
    return { usable: false, reason: `/dev/kvm cannot be opened: ${message}`, advice: 'Load the module kvm_intel or kvm_amd.' }
  }
}

async function permissionAdvice(): Promise<string> {
  const kvm = await stat('/dev/kvm').catch(() => undefined)
  const groupMayUse = kvm !== undefined && kvm.gid !== 0 && (kvm.mode & 0o060) === 0o060
  return groupMayUse
    ? 'For fast VMs, add yourself to the group kvm and log in again: sudo usermod -aG kvm "$USER"'
    : 'For fast VMs, let the group kvm use it and join: sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm && sudo usermod -aG kvm "$USER"'
}

async function runProbeGuest(host: Host, qemu: string): Promise<KvmState> {
  const dir = await mkdtemp(join(tmpdir(), 'banger-kvm-'))
  try {
    const kernel = join(dir, 'probe.elf')
    await writeFile(kernel, probeGuest())
    const exit = ['-device', `isa-debug-exit,iobase=${debugExitPort},iosize=1`]
    const args = ['-machine', 'q35', '-m', '32', ...common, ...exit, '-kernel', kernel]
    const { code, stderr } = await host.run(qemu, args, { cwd: dir, timeout: runTimeout, allow: [debugExitCode, 1] })
    return code === debugExitCode ? { usable: true } : unusable(stderr)
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Without a guest to run, at least a machine with one virtual CPU is made. */
async function createVcpu(host: Host, qemu: string): Promise<KvmState> {
  const input = '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n'
  try {
    await host.run(qemu, ['-machine', 'virt', '-m', '32', ...common, '-S', '-qmp', 'stdio'], { input, timeout: runTimeout })
    return { usable: true }
  } catch (error) {
    return unusable(error instanceof Error ? error.message : String(error))
  }
}

const common = ['-accel', 'kvm', '-cpu', 'host', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none']

function unusable(text: string): KvmState {
  const said = /qemu-system-\S+: (?:error: )?([^;\n]+)|(KVM internal error[^;\n]*)/.exec(text)
  const why = said?.[1] ?? said?.[2]
  return {
    usable: false,
    reason: why ? `KVM does not run guests here: ${why}` : 'KVM does not run guests here',
    advice: 'VMs work, but slowly. If this machine is a VM itself, turn on nested virtualisation for it.',
  }
}
