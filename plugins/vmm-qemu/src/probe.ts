import { access, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Host, Probe } from '@banger/core'
import semver from 'semver'
import { probeKvm, type KvmState } from './kvm.ts'
import { platformOf, type Platform } from './platform.ts'

/** QEMU as found on this host. */
export interface Qemu {
  platform: Platform
  /** Absolute path of the program. */
  path: string
  version: string
  acceleration: 'kvm' | 'tcg'
  kvm: KvmState
  /** Whether QEMU was built with seccomp and the kernel lets it filter. */
  sandbox: boolean
  /** Absolute path of the fast firmware. */
  firmware?: string
}

/** `missing` names the program that is not installed. */
export type QemuProbe = { qemu: Qemu } | { qemu?: undefined; reason: string; advice: string; missing?: string }

/** The first version whose command line and QMP are what this driver speaks. */
const oldest = '6.2.0'

/** Denies what a VMM has no use for once it runs. */
export const sandboxOption = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'

/** Looks at QEMU and KVM on this host by running them. Takes about 100 ms; the driver keeps the result. */
export async function probeQemu(host: Host): Promise<QemuProbe> {
  const platform = platformOf(host.arch)
  if (!platform) return { reason: `QEMU guests on ${host.arch} are not supported`, advice: 'Use an x86-64 or arm64 machine.' }
  const path = await host.which(platform.binary)
  if (!path) return { missing: platform.binary, reason: `${platform.binary} is not installed`, advice: installAdvice(platform) }
  const [found, kvm, firmware] = await Promise.all([tryRun(host, path), probeKvm(host, path), findFirmware(path, platform)])
  if (!found) return { reason: `${path} does not run`, advice: `See what it says: ${path} --version` }
  if (semver.lt(found.version, oldest)) {
    return { reason: `QEMU ${found.version} is too old; ${oldest} or newer is needed`, advice: installAdvice(platform) }
  }
  return { qemu: { platform, path, kvm, acceleration: kvm.usable ? 'kvm' : 'tcg', ...found, ...(firmware ? { firmware } : {}) } }
}

/** The probe in words. */
export function describeProbe(probe: QemuProbe): Probe {
  if (!probe.qemu) return { usable: false, detail: probe.reason, advice: probe.advice }
  const { version, acceleration, kvm } = probe.qemu
  if (kvm.usable) return { usable: true, detail: `QEMU ${version}, with KVM`, acceleration, version }
  return {
    usable: true,
    detail: `QEMU ${version}, software emulation (${kvm.reason})`,
    acceleration,
    version,
    ...(kvm.advice ? { advice: kvm.advice } : {}),
  }
}

export function installAdvice(platform: Platform): string {
  return `sudo apt-get install ${platform.package}, or your distribution's package of ${platform.binary}`
}

/** Says when a kept result no longer holds: the program, /dev/kvm or our rights to it changed. */
export async function probeKey(host: Host): Promise<string> {
  const path = await host.which(platformOf(host.arch)?.binary ?? 'qemu')
  const program = path ? await stat(path).catch(() => undefined) : undefined
  const kvm = await stat('/dev/kvm').catch(() => undefined)
  const groups = process.getgroups?.().join() ?? ''
  return JSON.stringify([path, program?.mtimeMs, program?.size, kvm?.dev, kvm?.ino, kvm?.mode, kvm?.uid, kvm?.gid, groups])
}

/** Runs QEMU without a machine, as confined as guests will be, and takes the version from its QMP greeting. */
async function tryRun(host: Host, path: string): Promise<{ version: string; sandbox: boolean } | undefined> {
  for (const sandbox of [true, false]) {
    const confine = sandbox ? ['-sandbox', sandboxOption] : []
    const args = [...confine, '-machine', 'none', '-nodefaults', '-no-user-config', '-display', 'none', '-qmp', 'stdio']
    const input = '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n'
    const result = await host.run(path, args, { input, timeout: 10_000 }).catch(() => undefined)
    const version = /"qemu": *(\{[^}]*\})/.exec(result?.stdout ?? '')?.[1]
    if (version) return { version: readVersion(version), sandbox }
  }
  return undefined
}

function readVersion(json: string): string {
  const { major, minor, micro } = JSON.parse(json) as { major: number; minor: number; micro: number }
  return `${major}.${minor}.${micro}`
}

async function findFirmware(path: string, platform: Platform): Promise<string | undefined> {
  if (!platform.firmware) return undefined
  for (const folder of [
    join(dirname(path), '..', 'share', 'qemu'),
    '/usr/share/qemu',
    '/usr/local/share/qemu',
    '/usr/share/seabios',
  ]) {
    const file = join(folder, platform.firmware)
    const there = await access(file).then(
      () => true,
      () => false,
    )
    if (there) return file
  }
  return undefined
}
