import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { BangerError, type Host, openKvmDevice, type Probe } from '@banger/core'
import { lastError } from './last-error.ts'
import { probeConfig, probeGuest } from './probe-guest.ts'
import type { Settings } from './settings.ts'
import { isStandIn, isSupported, jailsAnyName, readVersion, supported } from './version.ts'

/** Firecracker as found on this host. */
export interface Firecracker {
  /** Absolute paths. */
  path: string
  jailer?: string
  version: string
}

/** `missing` names the program that is not installed. */
export type FirecrackerProbe =
  | { firecracker: Firecracker }
  | { firecracker?: undefined; reason: string; advice: string; missing?: string; version?: string }

/** Milliseconds; the probe's guest takes a few where KVM works. */
const runTimeout = 10_000

const installAdvice =
  'Take a release from https://github.com/firecracker-microvm/firecracker/releases and put it into PATH, or point firecracker_bin at it.'

/** Looks for Firecracker, and runs a guest of a few instructions in it. */
export async function probeFirecracker(host: Host, settings: Settings): Promise<FirecrackerProbe> {
  const path = await host.which(settings.firecracker)
  if (!path) return { missing: settings.firecracker, reason: `${settings.firecracker} is not installed`, advice: installAdvice }
  const version = readVersion(await outputOf(host, path))
  if (!version) return { reason: `${path} does not run`, advice: `See what it says: ${path} --version` }
  if (!isSupported(version))
    return { version, reason: `Firecracker ${version} is not supported; ${supported} is`, advice: installAdvice }
  const jailer = settings.jailer ? await host.which(settings.jailer) : undefined
  const unjailed = settings.jailer ? jailProblem(settings.jailer, jailer, { path, version }) : undefined
  if (unjailed) return { version, ...unjailed }
  const failure = await runProbeGuest(host, path)
  return failure ? { version, ...failure } : { firecracker: { path, version, ...(jailer ? { jailer } : {}) } }
}

/** The probe in words. */
export function describeProbe(probe: FirecrackerProbe): Probe {
  if (!probe.firecracker) {
    const { reason, advice, version } = probe
    return { usable: false, detail: reason, advice, ...(version ? { version } : {}) }
  }
  const { version, jailer } = probe.firecracker
  if (isStandIn(version))
    return {
      usable: true,
      detail: `a stand-in for Firecracker ${version}, which emulates, for tests`,
      acceleration: 'tcg',
      version,
    }
  return { usable: true, detail: `Firecracker ${version}${jailer ? ', jailed' : ''}`, acceleration: 'kvm', version }
}

/** Says when a kept result no longer holds: a program, /dev/kvm or our rights to it changed. */
export async function probeKey(host: Host, settings: Settings): Promise<string> {
  const programs = await Promise.all([settings.firecracker, settings.jailer].map((name) => name && host.which(name)))
  const stats = await Promise.all([...programs, '/dev/kvm'].map((path) => (path ? stat(path).catch(() => undefined) : undefined)))
  const facts = stats.map((each) => each && [each.dev, each.ino, each.size, each.mtimeMs, each.mode, each.uid, each.gid])
  return JSON.stringify([programs, facts, process.getgroups?.()])
}

function jailProblem(name: string, jailer: string | undefined, { path, version }: { path: string; version: string }) {
  if (!jailer) return { missing: name, reason: `${name} is not installed, and jailer = true`, advice: installAdvice }
  if (process.getuid?.() !== 0) {
    const advice = 'Run banger as root, or set jailer = false in [plugins.vmm-firecracker].'
    return { reason: 'the jailer needs root, and jailer = true', advice }
  }
  if (jailsAnyName(version) || basename(path).includes('firecracker')) return undefined
  const advice = 'Give the program of firecracker_bin such a name, or take a newer one.'
  return { reason: `the jailer of Firecracker ${version} takes no program without "firecracker" in its name`, advice }
}

async function outputOf(host: Host, path: string): Promise<string> {
  const result = await host.run(path, ['--version'], { timeout: runTimeout }).catch(() => undefined)
  return result?.stdout ?? ''
}

async function runProbeGuest(host: Host, path: string): Promise<{ reason: string; advice: string } | undefined> {
  const device = await openKvmDevice()
  if (host.arch !== 'x64') return device.usable ? undefined : unusable(device)
  const dir = await mkdtemp(join(tmpdir(), 'banger-firecracker-'))
  try {
    await writeFile(join(dir, 'guest.elf'), probeGuest())
    await writeFile(join(dir, 'config.json'), probeConfig('guest.elf'))
    const args = ['--no-api', '--config-file', 'config.json', '--level', 'Error', '--show-level']
    const failed = Array.from({ length: 255 }, (_, index) => index + 1)
    const { code, stdout, stderr } = await host.run(path, args, { cwd: dir, timeout: runTimeout, allow: failed })
    if (code === 0) return undefined
    return device.usable ? noGuest(lastError(stdout, stderr) ?? `status ${code}`) : unusable(device)
  } catch (error) {
    return device.usable ? noGuest(error instanceof BangerError ? error.message : String(error)) : unusable(device)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function unusable({ reason, advice }: { reason: string; advice: string }): { reason: string; advice: string } {
  return { reason: `Firecracker needs KVM: ${reason}`, advice: advice.charAt(0).toUpperCase() + advice.slice(1) }
}

function noGuest(why: string): { reason: string; advice: string } {
  return {
    reason: `Firecracker runs no guest here: ${why}`,
    advice: 'If this machine is a VM itself, turn on nested virtualisation for it.',
  }
}
