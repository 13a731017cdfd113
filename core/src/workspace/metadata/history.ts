import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { git } from '../git/git.ts'
import { pseudoRefs, type Shadow } from './make-shadow.ts'
import type { Refs } from './refs.ts'

/** Commits that a copy of a large history has. */
const newest = 100

export interface History {
  /** What HEAD stands at; undefined before the first commit. */
  head: string | undefined
  /** Commits that all others are reached from, and tags. */
  tips: string[]
  /** Commits whose parents are left out, also those of earlier times. */
  shallow: string[]
  refs: Refs
}

export interface HistoryOptions {
  /** All of it. */
  full: boolean
  /** Whether the repository has so little that none of a branch's commits is left out. */
  small: boolean
  /** Commits whose parents the guest does not have. */
  shallow: string[]
}

/**
 * Chooses what of a repository's history goes into a guest: the newest commits of HEAD, of its upstream branch and of a
 * merge under way, and the references that name one of them.
 */
export async function chooseHistory(host: Host, shadow: Shadow, options: HistoryOptions): Promise<History> {
  const [head, upstream, merged, refs, cut] = await Promise.all([
    commitOf(host, shadow, 'HEAD'),
    commitOf(host, shadow, '@{upstream}'),
    readPseudoRefs(shadow),
    readPeeledRefs(host, shadow),
    readShallow(shadow),
  ])
  const own = [...new Set([head, upstream, ...merged].filter((commit) => commit !== undefined))]
  if (options.full)
    return { head, tips: [...new Set([...own, ...refs.map(({ object }) => object)])], shallow: cut, refs: byName(refs) }
  const { commits, boundary } = await newestCommits(host, shadow, own, options.small)
  const kept = refs.filter(({ object, peeled }) => commits.has(object) || commits.has(peeled))
  // A tag is an object of its own.
  const tags = kept.filter(({ object }) => !commits.has(object)).map(({ object }) => object)
  const shallow = [...new Set([...options.shallow, ...cut.filter((commit) => commits.has(commit)), ...boundary])]
  return { head, tips: [...new Set([...own, ...tags])], shallow, refs: byName(kept) }
}

export async function commitOf(host: Host, { place }: Shadow, name: string): Promise<string | undefined> {
  const args = ['rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`]
  return (await git(host, place, args, { allow: [1, 128] })).trim() || undefined
}

/** The commits and, among them, those at the edge. */
async function newestCommits(host: Host, { place }: Shadow, tips: string[], all: boolean) {
  if (tips.length === 0) return { commits: new Set<string>(), boundary: [] }
  const args = ['rev-list', '--boundary', ...(all ? [] : [`--max-count=${newest}`]), '--stdin']
  const lines = (await git(host, place, args, { input: `${tips.join('\n')}\n` })).split('\n').filter(Boolean)
  const boundary = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1))
  return { commits: new Set(lines.map((line) => line.replace(/^-/, ''))), boundary }
}

interface PeeledRef {
  name: string
  object: string
  /** What a tag is about, else ''. */
  peeled: string
}

async function readPeeledRefs(host: Host, { place }: Shadow): Promise<PeeledRef[]> {
  const format = '%(objectname) %(*objectname) %(symref) %(refname)'
  return (await git(host, place, ['for-each-ref', `--format=${format}`])).split('\n').flatMap((line) => {
    const [object = '', peeled = '', symbolic = '', name = ''] = line.split(' ')
    return name && !symbolic ? [{ name, object, peeled }] : []
  })
}

/** Where the checkout's own history is cut, and where it is for the guest already. */
async function readShallow({ gitDir }: Shadow): Promise<string[]> {
  return objectNames(await readFile(join(gitDir, 'shallow'), 'latin1').catch(() => ''))
}

async function readPseudoRefs({ gitDir }: Shadow): Promise<string[]> {
  const texts = await Promise.all(pseudoRefs.map((name) => readFile(join(gitDir, name), 'latin1').catch(() => '')))
  return texts.flatMap(objectNames)
}

function objectNames(text: string): string[] {
  return text.split('\n').filter((line) => /^[0-9a-f]{40,64}$/.test(line))
}

function byName(refs: PeeledRef[]): Refs {
  return Object.fromEntries(refs.map(({ name, object }) => [name, object]))
}
