import type { GuestSources } from './guest-sources.ts'
import type { Mode } from './mode.ts'
import { excludedPaths, maskedUnits, packages } from './packages.ts'
import type { Reference } from './reference.ts'

export interface Bootstrap extends Reference {
  mode: NonNullable<Mode['name']>
  /** Come in on stdin; without them mmdebstrap takes its default mirror. */
  sources: GuestSources | undefined
}

/** The arguments that make mmdebstrap write the image's tar to stdout. */
export function mmdebstrapArgs({ suite, variant, mode, sources }: Bootstrap): string[] {
  return [
    `--mode=${mode}`,
    '--variant=apt',
    '--format=tar',
    ...(variant === 'full' ? [`--include=${packages.join(',')}`] : []),
    '--aptopt=Acquire::Languages "none"',
    // a guest's disk lives no longer than the guest: half the time of every installation goes into fsync otherwise
    '--dpkgopt=force-unsafe-io',
    ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...(sources?.keyrings ?? []).map((path) => `--essential-hook=install -D -m 644 ${quote(path)} "$1"${quote(path)}`),
    `--customize-hook=${finish(variant)}`,
    suite,
    '-',
    ...(sources ? ['-'] : []),
  ]
}

/** Takes out what belongs to this host or to one guest alone, and quiets the boot. Runs on the host, the image being `$1`. */
function finish(variant: Reference['variant']): string {
  const always = [
    'set -eu',
    'cd "$1"',
    'rm -f etc/hostname etc/resolv.conf etc/ssh/ssh_host_*',
    ': > etc/machine-id',
    'echo LANG=C.UTF-8 > etc/default/locale',
  ]
  const systemd = [
    ...maskedUnits.map((unit) => `ln -sf /dev/null etc/systemd/system/${unit}`),
    'ln -sf /lib/systemd/system/multi-user.target etc/systemd/system/default.target',
  ]
  return [...always, ...(variant === 'full' ? systemd : [])].join('\n')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
