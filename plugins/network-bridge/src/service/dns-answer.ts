import { AUTHORITATIVE_ANSWER, type Packet, RECURSION_AVAILABLE, type StringAnswer } from 'dns-packet'
import { contains, networkOf, parseAddress } from '../ipv4.ts'
import { domain } from '../names.ts'

/** The names that are known here. */
export interface Zone {
  /** Names of VMs, and `host`, to their addresses. */
  addresses: Map<string, string>
  /** Reverse lookups of these addresses are ours. */
  cidr: string
}

/** Seconds that an answer may be kept: a name may soon belong to another VM. */
const ttl = 5

/** DNS response codes (RFC 1035, 4.1.1) as dns-packet takes them: part of the flags. */
const nameError = 3

/**
 * Answers a query for one of our names: `testbox`, `testbox.banger`, or an address of the bridge's network in in-addr.arpa.
 * @returns undefined when somebody else is to be asked
 */
export function answerQuery(query: Packet, zone: Zone): Packet | undefined {
  const question = query.questions?.[0]
  if (!question) return undefined
  const name = question.name.toLowerCase().replace(/\.$/, '')
  const found = lookUp(name, zone)
  if (found === undefined) return undefined
  const asked: string[] = [found.type, 'ANY']
  const answers: StringAnswer[] =
    found.data && asked.includes(question.type) ? [{ type: found.type, name: question.name, ttl, data: found.data }] : []
  const flags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | recursionDesired(query) | (found.data ? 0 : nameError)
  return { type: 'response', ...(query.id === undefined ? {} : { id: query.id }), flags, questions: [question], answers }
}

/** @returns the record that the name has; without data when there is no such name; undefined when it is not ours to say */
function lookUp(name: string, { addresses, cidr }: Zone): { type: 'A' | 'PTR'; data?: string } | undefined {
  const bare = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : undefined
  if (bare !== undefined) return record('A', addresses.get(bare))
  if (name === domain) return { type: 'A' }
  if (!name.includes('.')) return addresses.has(name) ? record('A', addresses.get(name)) : undefined
  const reverse = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name)
  const address = reverse ? [...reverse].slice(1).reverse().join('.') : ''
  const base = parseAddress(address)
  if (base === undefined || !contains(networkOf(cidr), { base, prefix: 32 })) return undefined
  const owner = [...addresses].find(([, other]) => other === address)?.[0]
  return record('PTR', owner && `${owner}.${domain}`)
}

function record(type: 'A' | 'PTR', data: string | undefined) {
  return data === undefined ? { type } : { type, data }
}

function recursionDesired(query: Packet): number {
  return (query.flags ?? 0) & 0x100
}
