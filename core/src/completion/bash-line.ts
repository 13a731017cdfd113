/** A command line of bash up to the cursor. */
export interface BashLine {
  /** Unquoted; the last one is being written and may be empty. The first is the program. */
  words: string[]
  /** The quote that is open at the cursor. */
  quote: '' | '"' | "'"
  /** Whether the last word is the file of a redirection. */
  redirected: boolean
}

/**
 * Takes a command line apart as bash does, without expanding anything
 * (https://www.gnu.org/software/bash/manual/html_node/Quoting.html).
 */
export function readBashLine(line: string): BashLine {
  const words: string[] = []
  let word = ''
  let begun = false
  let quote: BashLine['quote'] = ''
  let redirected = false
  const finish = (): void => {
    if (begun && !redirected) words.push(word)
    if (begun) redirected = false
    word = ''
    begun = false
  }
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote === "'") {
      if (char === "'") quote = ''
      else word += char
    } else if (char === '\\' && (quote === '' || '"\\$`'.includes(line.charAt(at + 1)))) {
      at++
      word += line.charAt(at)
      begun = true
    } else if (quote === '"') {
      if (char === '"') quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      begun = true
    } else if (char === ' ' || char === '\t' || char === '\n') finish()
    else if (char === '<' || char === '>') {
      // The number before it belongs to it: 2>log.
      if (/^\d+$/.test(word)) begun = false
      finish()
      redirected = true
    } else {
      word += char
      begun = true
    }
  }
  return { words: redirected ? [...words, ''] : [...words, word], quote, redirected }
}

/** Writes a word so that bash reads it, inside of an open quote or without one. */
export function quoteForBash(word: string, quote: BashLine['quote']): string {
  if (quote === "'") return word.replaceAll("'", `'\\''`)
  if (quote === '"') return word.replaceAll(/["\\$`]/g, '\\$&')
  return word.replaceAll(/[^\w@%+=:,./-]/g, '\\$&')
}
