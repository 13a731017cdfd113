import { existsSync } from 'node:fs'
import { join } from 'node:path'

const agent = 'banger-vsock-agent'

/**
 * Absolute path of the guest's agent: among the installed program's files, or in build/bin of a built repository.
 * @param lib absolute path of the folder with the program's files: `<prefix>/lib/banger`, `build/lib/banger`
 */
export function agentPath(lib: string): string {
  const installed = join(lib, agent)
  return existsSync(installed) ? installed : join(lib, '../../bin', agent)
}
