import { randomInt } from 'node:crypto'
import { fail } from '../errors.ts'

const qualities = [
  'amber',
  'brisk',
  'calm',
  'clever',
  'crisp',
  'eager',
  'fair',
  'fleet',
  'gentle',
  'glad',
  'keen',
  'lucid',
  'mellow',
  'nimble',
  'quick',
  'quiet',
  'rapid',
  'sunny',
  'swift',
  'vivid',
]
const things = [
  'badger',
  'beacon',
  'comet',
  'falcon',
  'fern',
  'finch',
  'harbor',
  'heron',
  'lark',
  'maple',
  'meadow',
  'orchid',
  'otter',
  'pebble',
  'quartz',
  'raven',
  'river',
  'sparrow',
  'thistle',
  'willow',
]

/** A name that no one has: `swift-otter`, with a number when the pairs run out. */
export function inventName(taken: (name: string) => boolean): string {
  for (let round = 0; ; round++) {
    const pair = `${pick(qualities)}-${pick(things)}`
    const name = round < 20 ? pair : `${pair}-${randomInt(10_000)}`
    if (!taken(name)) return name
  }
}

/**
 * Checks a name that a user chose: a DNS label for VMs, which are host names; dots and underscores too for the others.
 * @throws vm.bad-name
 */
export function checkName(name: string, kind: 'VM' | 'image' | 'kernel' | 'session'): void {
  const pattern = kind === 'VM' ? /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/ : /^[a-z0-9][a-z0-9._-]{0,62}$/
  if (!pattern.test(name)) throw fail('vm.bad-name', { name, kind })
}

/** An id for a VM: 12 characters of a-z and 0-9. */
export function inventId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join('')
}

function pick(words: string[]): string {
  return words[randomInt(words.length)] ?? 'vm'
}
