import { string } from '@oclif/core/flags'
import type { ExecStart } from '../../guest/messages.ts'
import { parseEnv } from './env.ts'
import { readEnvFile } from './env-file.ts'

/** The flags that say how a command runs in the guest. */
export const commandFlags = {
  'env': string({
    char: 'e',
    description: 'KEY=value to set, or KEY to hand on what it is here',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'env-file': string({
    description: 'file of KEY=value lines to set (a .env file); --env wins over it',
    helpValue: '<file>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'cwd': string({ description: 'folder in the guest to run it in' }),
  'user': string({ char: 'u', description: 'user in the guest to run it as (default: root)' }),
}

export interface CommandFlags {
  'env'?: string[] | undefined
  'env-file'?: string[] | undefined
  'cwd'?: string | undefined
  'user'?: string | undefined
}

/** @throws usage, host.bad-path for a file that cannot be read */
export function commandOptions(flags: CommandFlags): Pick<ExecStart, 'env' | 'cwd' | 'user'> {
  const files = (flags['env-file'] ?? []).map(readEnvFile)
  return {
    env: Object.assign({}, ...files, parseEnv(flags.env ?? [])),
    ...(flags.cwd === undefined ? {} : { cwd: flags.cwd }),
    ...(flags.user === undefined ? {} : { user: flags.user }),
  }
}
