import { isNear, mistakes, nearest } from '../nearest.ts'

/** What other tools call it. */
const synonyms: Record<string, string> = {
  ps: 'list',
  ls: 'list',
  rm: 'delete',
  remove: 'delete',
  destroy: 'delete',
  shell: 'ssh',
  inspect: 'show',
  info: 'show',
  up: 'start',
  down: 'stop',
  copy: 'cp',
  container: 'vm',
  containers: 'vm',
}

/**
 * The commands or topics that were probably meant by words that are none: misspelt ones, one without its topic (`list`),
 * or another tool's (`ps`). Empty when nothing is near.
 * @param words what was typed, as far as it may name a command
 * @param ids of all commands and topics: `vm:list`
 * @returns ids; several only when all are as near
 */
export function suggestCommand(words: string[], ids: string[]): string[] {
  const typed = words.map((word) => word.toLowerCase())
  // A topic that is right, with a word behind it that is not, is no answer.
  const begun = (path: string[]): boolean => path.every((word, at) => word === words[at])
  const known = ids.map((id) => ({ id, path: id.split(':') })).filter(({ path }) => !begun(path))
  const translated = typed.map((word) => (Object.hasOwn(synonyms, word) ? (synonyms[word] ?? word) : word))
  const all = [...new Set(known.flatMap(({ path }) => path))]
  const corrected = translated.map((word) => nearest(word, all) ?? word)
  const attempts = [
    () => shortened(typed, known),
    () => shortened(translated, known),
    () => misspelt(translated, known),
    () => shortened(corrected, known),
  ]
  for (const attempt of attempts) {
    const found = attempt()
    if (found.length > 0) return found
  }
  return []
}

interface Known {
  id: string
  path: string[]
}

/** Those of which every word is near, most words first: what follows may be arguments. */
function misspelt(typed: string[], known: Known[]): string[] {
  for (let count = typed.length; count > 0; count--) {
    const costs = known
      .filter(({ path }) => path.length === count)
      .map(({ id, path }) => ({ id, cost: path.reduce((sum, word, at) => sum + wordCost(typed[at] ?? '', word), 0) }))
      .filter(({ cost }) => Number.isFinite(cost))
    const least = Math.min(...costs.map(({ cost }) => cost))
    if (costs.length > 0) return costs.filter(({ cost }) => cost === least).map(({ id }) => id)
  }
  return []
}

/** Those whose path has the words in it, up to its end: `list` for `vm list`, `vm attach` for `vm session attach`. */
function shortened(typed: string[], known: Known[]): string[] {
  for (let count = typed.length; count > 0; count--) {
    const line = typed.slice(0, count)
    const found = known.filter(({ path }) => path.at(-1) === line.at(-1) && isWithin(line, path))
    const fewest = Math.min(...found.map(({ path }) => path.length))
    const shortest = found.filter(({ path }) => path.length === fewest)
    const ofVms = shortest.filter(({ path }) => path[0] === 'vm')
    if (shortest.length > 0) return (ofVms.length > 0 ? ofVms : shortest).map(({ id }) => id)
  }
  return []
}

function wordCost(typed: string, word: string): number {
  return isNear(typed, word) ? mistakes(typed, word) : Number.POSITIVE_INFINITY
}

function isWithin(line: string[], path: string[]): boolean {
  let at = 0
  for (const word of path) if (word === line[at]) at++
  return at === line.length
}
