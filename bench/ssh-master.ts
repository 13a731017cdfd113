import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchHome } from './bench-home.ts'

/**
 * ssh to a running VM, its connection kept open by a master.
 * @returns words that begin an ssh command line, up to the host's name; with `-O exit` before that the master ends
 */
export function sshMaster(home: BenchHome, vm: string): { words: string[]; host: string } {
  const config = join(home.dir, `ssh_config-${vm}`)
  writeFileSync(
    config,
    `${home.run('vm', 'ssh-config', vm)}\nHost *\n  ControlMaster auto\n  ControlPersist 600\n  ControlPath ${home.dir}/ssh-%C\n`,
  )
  // waits for the guest's sshd, which comes up long after the agent
  home.run('vm', 'ssh', vm, '--', 'true')
  const master = { words: ['-F', config, '-o', 'BatchMode=yes'], host: `banger-${vm}` }
  home.runProgram('ssh', ...master.words, master.host, 'true')
  return master
}
