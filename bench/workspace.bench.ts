import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchHome } from './bench-home.ts'
import type { BenchFile } from './case.ts'
import { sshMaster } from './ssh-master.ts'

/** A checkout of 20,000 files into a running VM, and again after a change. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = new BenchHome()
  const top = mkdtempSync(join(tmpdir(), 'banger-bench-repository-'))
  makeRepository(home, top)
  home.run('vm', 'create', '--name', 'workshop', '--memory', '2G')
  const { words, host } = sshMaster(home, 'workshop')
  const inGuest = (...argv: string[]) => home.run('vm', 'exec', 'workshop', '--', ...argv)
  const bring = (folder: string) => home.run('vm', 'workspace', 'prepare', 'workshop', top, '--guest-path', folder)
  const bringAnew = async () => {
    inGuest('sh', '-c', 'rm -rf /root/anew; sync')
    return timed(() => bring('/root/anew'))
  }
  bring('/root/again')
  let changes = 0
  return {
    cases: [
      {
        name: 'vm workspace prepare of 20,000 files, against tar | ssh tar -x of the same folder into the same VM',
        ours: bringAnew,
        theirs: async () => {
          inGuest('sh', '-c', 'rm -rf /root/theirs; mkdir /root/theirs; sync')
          const ssh = [...words, host].map((word) => `'${word}'`).join(' ')
          return timed(() => home.runProgram('sh', '-c', `tar -c -C '${top}' . | ssh ${ssh} tar -x -C /root/theirs`))
        },
        runs: 1,
        aim: 1 / 3,
      },
      {
        name: 'vm workspace prepare after one changed file, against the first',
        ours: async () => {
          writeFileSync(join(top, 'src/module7/file7.ts'), `export const changed = ${changes++}\n`)
          return timed(() => bring('/root/again'))
        },
        theirs: bringAnew,
        runs: 1,
        aim: 0.1,
      },
    ],
    cleanUp: async () => {
      home.runProgram('ssh', ...words, '-O', 'exit', host)
      home.run('vm', 'delete', '--force', 'workshop')
      rmSync(top, { recursive: true })
      home.close()
    },
  }
}

async function timed(run: () => void): Promise<number> {
  const before = performance.now()
  run()
  return performance.now() - before
}

/** 200 folders of 100 source files, 74 MB in all, committed and packed. */
function makeRepository(home: BenchHome, top: string): void {
  for (let folder = 0; folder < 200; folder++) {
    const dir = join(top, `src/module${folder}`)
    mkdirSync(dir, { recursive: true })
    for (let file = 0; file < 100; file++) {
      const lines = Array.from({ length: 10 + ((folder * 31 + file * 17) % 150) }, (_, line) => sourceLine(folder, file, line))
      writeFileSync(join(dir, `file${file}.ts`), lines.join(''))
    }
  }
  const git = (...args: string[]) => home.runProgram('git', '-C', top, ...args)
  git('init', '--quiet')
  git('add', '--all')
  git('-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'gc.auto=0', 'commit', '--quiet', '-m', 'Everything')
  git('gc', '--quiet')
}

function sourceLine(folder: number, file: number, line: number): string {
  const value = Math.imul(folder * 7919 + file * 104_729 + line * 1_299_709, 2_654_435_761) >>> 0
  return `export const value_${folder}_${file}_${line} = "${value.toString(16)}"\n`
}
