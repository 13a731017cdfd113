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

export async function readChains({ run, commands }: Pick<Tools, 'run' | 'commands'>): Promise<Chain[]> {
  const { stdout } = await run(commands.listChains)
  return parseChains(stdout)
}

/** The JSON of `nft --json list chains` (libnftables-json(5)); chains without a hook, and what is no chain, are passed over. */
export function parseChains(json: string): Chain[] {
  const { nftables } = record(JSON.parse(json))
  if (!Array.isArray(nftables)) return []
  return nftables.flatMap((entry: unknown) => {
    const { family, table, name, hook, policy } = record(record(entry).chain)
    if (typeof hook !== 'string' || typeof table !== 'string') return []
    return [{ family: String(family), table, name: String(name), hook, policy: typeof policy === 'string' ? policy : 'accept' }]
  })
}
