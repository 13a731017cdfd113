import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BenchHome } from './bench-home.ts'
import type { BenchFile } from './case.ts'
import { bootByHand, prepareByHand } from './qemu-by-hand.ts'
import { sshMaster } from './ssh-master.ts'

/** What people do all day: a command in a fresh VM, a command in a running one, and another VM. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = new BenchHome()
  const byHand = await prepareByHand(home)
  home.run('vm', 'create', '--name', 'running')
  const { words, host } = sshMaster(home, 'running')
  makeImages(home)
  let made = 0
  const create = (image: string) => async () => {
    const name = `bench-${made++}`
    const before = performance.now()
    home.run('vm', 'create', '--no-start', '--image', image, '--name', name)
    const took = performance.now() - before
    home.run('vm', 'delete', name)
    return took
  }
  return {
    cases: [
      {
        name: 'vm run -- true, cold, against QEMU by hand with the same kernel and initrd until the agent answers',
        ours: async () => void home.run('vm', 'run', '--', 'true'),
        theirs: () => bootByHand(byHand),
        runs: 7,
        aim: 1.2,
      },
      {
        name: 'vm exec -- true in a running VM, against ssh over a multiplexed connection',
        ours: async () => void home.run('vm', 'exec', 'running', '--', 'true'),
        theirs: async () => void home.runProgram('ssh', ...words, host, 'true'),
        runs: 15,
        aim: 1,
      },
      {
        name: 'vm create --no-start of a 2 GB image, against the same of a 200 MB image',
        ours: create('large'),
        theirs: create('small'),
        runs: 9,
        aim: 1.1,
      },
    ],
    cleanUp: async () => {
      home.runProgram('ssh', ...words, '-O', 'exit', host)
      home.run('vm', 'delete', '--force', 'running')
      home.run('image', 'delete', 'large', 'small')
      home.close()
    },
  }
}

/** Two images that differ in size alone: one file of that many MiB, which is no hole. */
function makeImages(home: BenchHome): void {
  for (const [name, mebibytes] of [
    ['small', 200],
    ['large', 2000],
  ] as const) {
    const folder = join(home.dir, `tree-${name}`)
    mkdirSync(folder, { recursive: true })
    home.runProgram('dd', 'if=/dev/urandom', `of=${folder}/file`, 'bs=1M', `count=${mebibytes}`, 'status=none')
    home.run('image', 'register', '--name', name, '--rootfs', folder, '--kernel-ref', home.kernel.name)
    rmSync(folder, { recursive: true })
  }
}
