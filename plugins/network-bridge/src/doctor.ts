import { userInfo } from 'node:os'
import type { DoctorReport, Host } from '@banger/core'
import { readFirewall } from './firewall.ts'
import { privilegeOf } from './privilege.ts'
import { probeBridge } from './probe.ts'
import type { Settings } from './settings.ts'
import { sudoersLines } from './sudoers.ts'
import { toolsFor } from './tools.ts'

/** What `banger doctor` says about the bridge. Without it VMs have other networks, so that nothing here is an error. */
export async function checkBridge(host: Host, settings: Settings, report: DoctorReport): Promise<void> {
  const tools = toolsFor(host, settings)
  const { usable, detail, advice = '' } = await probeBridge(host, { fresh: true })
  const { bridge, address, cidr } = settings
  if (!usable) {
    const lines = (await privilegeOf(host)) === 'sudo' ? await sudoersLines(tools, userInfo().username) : ''
    report.add({
      id: 'bridge',
      status: 'warning',
      message: `VMs cannot be on a bridge: ${detail}`,
      advice: lines ? `${advice}\nsudo visudo -f /etc/sudoers.d/banger, with these lines:\n${lines}` : advice,
    })
    return
  }
  const how = (await privilegeOf(host)) === 'direct' ? '' : ', by sudo'
  report.add({ id: 'bridge', status: 'ok', message: `VMs can be on the bridge ${bridge}: ${address}, ${cidr}${how}` })
  const { chains, rules } = await readFirewall(tools)
  const others = chains.filter(({ table, hook, policy }) => table !== tools.names.table && isOnTheWay(hook) && policy === 'drop')
  if (others.length === 0 || rules.some(({ table, text }) => table !== tools.names.table && text.includes(`"${bridge}"`))) return
  const names = others.map(({ family, table, name }) => `${family} ${table} ${name}`).join(', ')
  report.add({
    id: 'bridge-firewall',
    status: 'warning',
    message: `Another firewall drops what it does not know, and has no rule for ${bridge}: ${names}`,
    advice: `Let it pass what comes from and goes to ${bridge}. docs/networking.md shows how for ufw, firewalld and Docker.`,
  })
}

function isOnTheWay(hook: string): boolean {
  return hook === 'forward' || hook === 'input'
}
