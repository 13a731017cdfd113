import { access, constants } from 'node:fs/promises'
import type { Host } from '@banger/core'
import { privilegeOf } from './privilege.ts'

let asked: Promise<boolean> | undefined

interface Problem {
  /** `sudo does not let you run nft without a password` */
  detail: string
  advice: string
}

/**
 * Whether the bridge can be made here; asks and looks, changes nothing.
 * @param options.fresh ask sudo again, which is asked once else
 */
export async function probeBridge(
  host: Host,
  options: { fresh?: boolean } = {},
): Promise<{ usable: boolean; detail: string; advice?: string }> {
  if (options.fresh) asked = undefined
  const problem = await findProblem(host)
  return problem ? { usable: false, ...problem } : { usable: true, detail: 'a bridge with NAT' }
}

async function findProblem(host: Host): Promise<Problem | undefined> {
  for (const [program, of] of [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
  ] as const) {
    if (!(await host.which(program))) return { detail: `${program} is not installed`, advice: `sudo apt-get install ${of}` }
  }
  const closed = await access('/dev/net/tun', constants.R_OK | constants.W_OK).then(
    () => false,
    () => true,
  )
  if (closed) return { detail: '/dev/net/tun cannot be opened', advice: 'sudo modprobe tun; sudo chmod 0666 /dev/net/tun' }
  const privilege = await privilegeOf(host)
  if (privilege === 'direct') return undefined
  if (privilege === 'none')
    return { detail: 'this root may not change the network (no CAP_NET_ADMIN)', advice: 'Give the container that capability.' }
  return (await sudoAllows(host)) ? undefined : { detail: 'sudo does not let you change the network', advice: sudoAdvice }
}

const sudoAdvice = 'banger doctor prints the lines for sudoers that it needs.'

/**
 * Asked once in the daemon's life, since sudo logs refusals and may report them. A password that was typed a moment ago does not
 * count (-k): it would not be there any more when the VM is deleted.
 */
async function sudoAllows(host: Host): Promise<boolean> {
  asked ??= askSudo(host)
  return asked
}

async function askSudo(host: Host): Promise<boolean> {
  const nft = await host.which('nft')
  if (!nft || !(await host.which('sudo'))) return false
  return host.run('sudo', ['-n', '-k', nft, '--json', 'list', 'ruleset'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
}
