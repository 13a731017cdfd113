import { type BashLine, quoteForBash, readBashLine } from './bash-line.ts'
import type { Candidate, Completion } from './complete.ts'

/**
 * What the script of a shell reads (share/…/completions): the first line says what the shell adds from the disk, `files`,
 * `folders` or nothing; each other line is one candidate.
 */
function reply(paths: Completion['paths'], lines: string[]): string {
  return [paths ?? '', ...lines].map((line) => `${line}\n`).join('')
}

/**
 * For bash: the candidates that fit, ready to be put in place of `text`.
 * @param text what bash replaces: the end of the current word behind the last `=` or `:`
 */
export function formatForBash({ candidates, paths, joined }: Completion, { words, quote }: BashLine, text: string): string {
  const current = words.at(-1) ?? ''
  const replaced = readBashLine(text).words.at(-1) ?? ''
  const kept = current.endsWith(replaced) ? current.length - replaced.length : 0
  const fitting = candidates.map(({ value }) => joined + value).filter((value) => value.startsWith(current))
  return reply(
    paths,
    fitting.map((value) => quoteForBash(value.slice(kept), quote)),
  )
}

/** For zsh, which matches and quotes by itself: `value<TAB>summary`, without what stands before the value in its word. */
export function formatForZsh({ candidates, paths }: Completion): string {
  return reply(paths, candidates.map(withSummary))
}

/** For fish, which does the same, with whole words. */
export function formatForFish({ candidates, paths, joined }: Completion): string {
  return reply(
    paths,
    candidates.map(({ value, summary }) => withSummary({ value: joined + value, summary })),
  )
}

function withSummary({ value, summary }: Candidate): string {
  return summary === '' ? value : `${value}\t${summary.replaceAll(/\s+/g, ' ')}`
}
