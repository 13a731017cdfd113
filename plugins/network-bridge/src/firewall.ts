import { record } from './json.ts'
import type { Tools } from './tools.ts'

/** A chain that packets come by: one with a hook. */
export interface Chain {
  family: string
  table: string
  name: string
  /** `forward`, `input`, … */
  hook: string
  policy: string
}

/** All of the host's nftables rules, as far as it matters here. */
export interface Firewall {
  chains: Chain[]
  /** Each rule's table and JSON. */
  rules: { table: string; text: string }[]
}

export async function readFirewall({ run, commands }: Pick<Tools, 'run' | 'commands'>): Promise<Firewall> {
  const { stdout } = await run(commands.listRules)
  return parseFirewall(stdout)
}

/** The JSON of `nft --json list ruleset` (libnftables-json(5)); what is neither a chain with a hook nor a rule is passed over. */
export function parseFirewall(json: string): Firewall {
  const { nftables } = record(JSON.parse(json))
  const entries = Array.isArray(nftables) ? nftables.map(record) : []
  const chains = entries.flatMap((entry) => {
    const { family, table, name, hook, policy } = record(entry.chain)
    if (typeof hook !== 'string' || typeof table !== 'string') return []
    return [{ family: String(family), table, name: String(name), hook, policy: typeof policy === 'string' ? policy : 'accept' }]
  })
  const rules = entries.flatMap((entry) => {
    const { table } = record(entry.rule)
    return typeof table === 'string' ? [{ table, text: JSON.stringify(entry.rule) }] : []
  })
  return { chains, rules }
}
