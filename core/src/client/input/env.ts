import { fail } from '../../errors.ts'

/**
 * `KEY=value` words as an environment; `KEY` alone takes the value of this process, if it has one.
 * @throws usage
 */
export function parseEnv(words: readonly string[], own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const env: [string, string][] = []
  for (const word of words) {
    const [, key, value] = /^([^=\0]+)(?:=([^\0]*))?$/s.exec(word) ?? []
    if (key === undefined) throw fail('usage', { reason: `"${word}" is no environment variable. Write it like KEY=value.` })
    const found = value ?? own[key]
    if (found !== undefined) env.push([key, found])
  }
  return Object.fromEntries(env)
}
