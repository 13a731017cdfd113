import type { GuestCommand } from '@banger/core'

/** apt's lists and archives while banger installs, away from the guest's own: apt-get update in the guest is free meanwhile. */
const folder = '/var/lib/banger/apt'

const options = [
  `Dir::State::lists=${folder}/lists`,
  `Dir::Cache=${folder}`,
  // container images have apt keep no cache, which each apt-get would make anew
  'Dir::Cache::pkgcache=pkgcache.bin',
  'Acquire::Languages=none',
  // xz unpacks at a third of the speed, which is seconds in an emulated guest
  'Acquire::CompressionTypes::Order::=gz',
  // seconds to wait for whoever installs something in the guest at the same time
  'DPkg::Lock::Timeout=600',
  'Dpkg::Use-Pty=0',
  'Dpkg::Options::=--force-confold',
]

/** Reads the lists and installs, without questions. What an earlier run left half done is finished first. */
export function installPackages(names: string[]): GuestCommand[] {
  const keys = names.includes('openssh-server')
  return [
    shell(`mkdir -p ${folder}/lists/partial ${folder}/archives/partial`),
    ...(keys ? [shell(eachHostKey('[ -s "$key" ] || touch "$key"'))] : []),
    // where dpkg fails, apt-get says why
    shell('dpkg --configure -a || true'),
    apt('update'),
    apt('install', '--yes', '--no-install-recommends', '--', ...names),
    ...(keys ? [shell(eachHostKey('[ -s "$key" ] || rm -f "$key"'))] : []),
    shell(`rm -rf ${folder}`),
  ]
}

/**
 * openssh-server makes the host keys whose files are not there, and an RSA key takes 10 s in an emulated guest. The guest has the key
 * that banger gave it: empty files keep the others from being made.
 */
function eachHostKey(script: string): string {
  return `for key in /etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ecdsa_key; do ${script}; done`
}

export function shell(script: string): GuestCommand {
  return { argv: ['sh', '-c', script], env }
}

function apt(...args: string[]): GuestCommand {
  return { argv: ['apt-get', '--quiet=2', ...options.map((option) => `--option=${option}`), ...args], env }
}

const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }
