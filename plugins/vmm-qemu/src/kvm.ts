import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Host, openKvmDevice } from '@banger/core'
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
  const device = await openKvmDevice()
  if (!device.usable) return { ...device, ...(device.advice ? { advice: `For fast VMs, ${device.advice}` } : {}) }
  return host.arch === 'x64' ? runProbeGuest(host, qemu) : createVcpu(host, qemu)
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
