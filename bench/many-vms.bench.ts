import { BenchHome } from './bench-home.ts'
import type { BenchFile } from './case.ts'
import type { Vm } from '../core/src/protocol/model.ts'

const together = 20
const known = 200
/** Of the known ones, those that run when the daemon is killed; every second of them dies while it is away. */
const running = 6

/** Many VMs on one computer: the time each one takes when all are stopped at once, and when the daemon finds them again. */
export const prepare: BenchFile['prepare'] = async () => {
  const home = new BenchHome()
  const size = ['--memory', '256', '--vcpus', '1', '--network', 'none']
  home.run('vm', 'create', '--no-start', '--name', 'alone', ...size)
  const many = Array.from({ length: together }, (_, index) => `many-${index}`)
  for (const name of many) home.run('vm', 'create', '--no-start', '--name', name, ...size)
  let others: string[] = []

  const stop = (names: string[]) => async () => {
    home.run('vm', 'start', ...names)
    const took = timed(() => home.run('vm', 'stop', ...names))
    for (const { name, state, exit } of list(home))
      if (names.includes(name) && (state !== 'stopped' || exit?.reason !== 'guest-poweroff'))
        throw new Error(`${name} is ${state}: ${exit?.detail}`)
    return took / names.length
  }

  return {
    cases: [
      {
        name: `vm stop of ${together} VMs at once, time per VM, against one alone`,
        ours: stop(many),
        theirs: stop(['alone']),
        runs: 1,
        aim: 1,
      },
      {
        name: `the daemon's start with ${known} known VMs of which some died, against its start with ${together + 1}`,
        ours: async () => {
          others = more(home, known - together - 1)
          return restart(home, many.slice(0, running))
        },
        theirs: async () => {
          home.run('vm', 'delete', '--force', ...others)
          return restart(home, many.slice(0, running))
        },
        runs: 1,
        aim: 2,
      },
    ],
    cleanUp: async () => {
      home.run('vm', 'delete', '--force', ...list(home).map(({ name }) => name))
      home.close()
    },
  }
}

function more(home: BenchHome, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `known-${index}`)
  for (const name of names) home.run('vm', 'create', '--no-start', '--name', name, '--network', 'none')
  return names
}

/** Kills the daemon and every second VM. @returns milliseconds until a new daemon has answered, with every VM in its right state */
function restart(home: BenchHome, names: string[]): number {
  home.run('vm', 'start', ...names)
  const before = list(home).filter(({ name }) => names.includes(name))
  const { pid } = JSON.parse(home.run('daemon', 'status', '--json')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  const dying = before.filter((_, index) => index % 2 === 0)
  for (const { machine } of dying) process.kill(machine?.pid ?? Number.NaN, 'SIGKILL')
  let after: Vm[] = []
  const took = timed(() => {
    after = list(home)
  })
  for (const { name, state } of after) {
    const lives = before.some((vm) => vm.name === name) && !dying.some((vm) => vm.name === name)
    if (state !== (lives ? 'running' : 'stopped')) throw new Error(`${name} is ${state}`)
  }
  home.run('vm', 'stop', ...names)
  return took
}

function list(home: BenchHome): Vm[] {
  return JSON.parse(home.run('vm', 'list', '--all', '--json')) as Vm[]
}

function timed(run: () => unknown): number {
  const before = performance.now()
  run()
  return performance.now() - before
}
