import { BenchHome } from './bench-home.ts'
import type { BenchFile } from './case.ts'
import { sshMaster } from './ssh-master.ts'

/** Bytes that are carried each time. */
const size = 64_000_000

/** Output of a command in a VM, as fast as it comes: by an attach to its session, and by ssh. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = new BenchHome()
  home.run('vm', 'create', '--name', 'talker')
  const { words, host } = sshMaster(home, 'talker')
  // In the guest's page cache, so that its disk is not what is measured.
  home.run('vm', 'exec', 'talker', '--', 'sh', '-c', `head -c ${size} /dev/urandom > /dev/shm/blob`)
  let made = 0
  return {
    cases: [
      {
        name: `vm session attach to a command that writes ${size / 1e6} MB, against ssh cat over a multiplexed connection`,
        ours: async () => {
          const name = `talk-${made++}`
          const session = ['vm', 'session', 'start', 'talker', '--name', name, '--stdin-mode', 'pipe']
          home.run(...session, '--', 'sh', '-c', 'read line; exec cat /dev/shm/blob')
          const before = performance.now()
          home.pour('vm', 'session', 'attach', 'talker', name)
          const took = performance.now() - before
          home.run('vm', 'session', 'delete', 'talker', name)
          return took
        },
        theirs: async () => home.pourProgram('ssh', ...words, host, 'cat /dev/shm/blob'),
        runs: 5,
        aim: 1,
      },
    ],
    cleanUp: async () => {
      home.runProgram('ssh', ...words, '-O', 'exit', host)
      home.run('vm', 'delete', '--force', 'talker')
      home.close()
    },
  }
}
