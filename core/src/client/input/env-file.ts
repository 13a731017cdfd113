import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { fail } from '../../errors.ts'

/**
 * The variables of a `.env` file: comments, quotes and `export` as `node --env-file` reads them.
 * @throws host.bad-path when it cannot be read, usage when it holds no variable
 */
export function readEnvFile(path: string): Record<string, string> {
  const text = read(path)
  const variables = Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const meant = text.split('\n').some((line) => /^\s*[^#\s]/.test(line))
  if (variables.length === 0 && meant) throw fail('usage', { reason: `${path} is no file of KEY=value lines.` })
  return Object.fromEntries(variables)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = code === 'ENOENT' ? 'there is no such file.' : error instanceof Error ? error.message : String(error)
    throw fail('host.bad-path', { path, reason }, error)
  }
}
