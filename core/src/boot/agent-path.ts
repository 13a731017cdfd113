import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../errors.ts'

const agent = 'banger-vsock-agent'

/**
 * Absolute path of the guest's agent: installed beside the daemon's files, or in build/bin of a built repository.
 * @param env `BANGER_LIB` is the folder of the daemon's files; its entry sets it. Unset (tests run from source): build/lib/banger
 * @throws tool.missing when there is none
 */
export function agentPath(env: NodeJS.ProcessEnv = process.env): string {
  const lib = env.BANGER_LIB || join(import.meta.dirname, '../../../build/lib/banger')
  const path = [join(lib, agent), join(lib, '../../bin', agent)].find((candidate) => existsSync(candidate))
  if (!path) throw fail('tool.missing', { tool: agent, advice: 'reinstall banger, or run make build in its repository' })
  return path
}
