import { distance } from 'fastest-levenshtein'
import { BangerError } from './errors.ts'

/** The name that was probably meant by a word, or undefined when none is near: a letter or two differ, or it begins so. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || word === '') return undefined
  const typed = word.toLowerCase()
  const near = names.reduce((best, name) => (mistakes(typed, name) < mistakes(typed, best) ? name : best))
  if (isNear(typed, near)) return near
  const begun = names.filter((name) => name.startsWith(typed))
  return typed.length > 1 && begun.length === 1 ? begun[0] : undefined
}

/** How many letters are wrong, too many, missing; two that changed places are one mistake. */
export function mistakes(typed: string, name: string): number {
  const sameLetters = typed.length === name.length && [...typed].sort().join() === [...name].sort().join()
  return sameLetters && typed !== name ? 1 : distance(typed, name)
}

/** Whether a word can be a misspelt name. */
export function isNear(typed: string, name: string): boolean {
  const allowed = typed.length < 4 ? 1 : Math.max(2, Math.floor(typed.length / 3))
  const count = mistakes(typed, name)
  return count <= allowed && count < name.length
}

/** The same error; where one of the names is near, its hint begins with that. */
export function suggesting(error: BangerError, word: string, names: readonly string[]): BangerError {
  const near = nearest(word, names)
  if (near === undefined) return error
  const { code, message, status, cause } = error
  const hint = [`Did you mean "${near}"?`, ...(error.hint ? [error.hint] : [])].join(' ')
  return new BangerError({ code, message, status, cause, hint })
}
