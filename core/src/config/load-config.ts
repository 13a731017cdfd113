import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { cosmiconfig } from 'cosmiconfig'
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { fail } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { moveIntoTables } from './plugin-keys.ts'
import { type Config, configKeys, configSchema } from './schema.ts'

/**
 * Reads and validates the configuration; a missing file is an empty one.
 * @param file absolute path of config.toml
 * @throws config.invalid, config.unknown-key
 */
export async function loadConfig(file: string): Promise<Config> {
  const config = validate(moveIntoTables(await readToml(file)), file)
  if (config.ssh_key_path) config.ssh_key_path = absolute(config.ssh_key_path, dirname(file))
  return config
}

async function readToml(file: string): Promise<unknown> {
  const explorer = cosmiconfig('banger', {
    loaders: { '.toml': (path, content) => parseToml(path, content) },
    searchPlaces: ['config.toml'],
    cache: false,
  })
  try {
    const found = await explorer.load(file)
    return found?.config ?? {}
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('config.')) throw error
    throw fail('config.invalid', { file, reason: error instanceof Error ? error.message : String(error) }, error)
  }
}

function parseToml(file: string, content: string): unknown {
  try {
    return parse(content)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0] ?? error.message
    throw fail('config.invalid', { file, reason: `line ${error.line}, column ${error.column}: ${reason}` }, error)
  }
}

function validate(value: unknown, file: string): Config {
  const result = configSchema.safeParse(value)
  if (result.success) return checkPolling(result.data, file)
  const issue = result.error.issues[0]
  if (issue?.code === 'unrecognized_keys') throw unknownKey(issue.keys[0] ?? '', file)
  throw fail('config.invalid', { file, reason: describe(issue) })
}

/** Whether anybody uses a VM is found out by asking its guest. */
function checkPolling(config: Config, file: string): Config {
  if (config.auto_stop_stale_after === 0 || config.stats_poll_interval > 0) return config
  throw fail('config.invalid', { file, reason: 'auto_stop_stale_after: needs a stats_poll_interval other than "0"' })
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  if (!issue) return 'unknown problem'
  return `${issue.path.join('.') || 'the file'}: ${issue.message}`
}

function unknownKey(key: string, file: string) {
  const near = nearest(key, configKeys)
  const suggestion = near ? `Did you mean "${near}"?` : `The keys are: ${configKeys.join(', ')}.`
  return fail('config.unknown-key', { file, key, suggestion })
}

function absolute(path: string, base: string): string {
  if (path.startsWith('~/')) return join(homedir(), path.slice(2))
  return isAbsolute(path) ? path : join(base, path)
}
