import { rm } from 'node:fs/promises'
import { fail } from '../errors.ts'
import type { Vm } from '../protocol/model.ts'
import { announce, type Engine, updateVm } from './engine.ts'
import { perform, type Live, type Verb } from './sequence.ts'
import { endMachine, forgetNetwork, releaseNetwork } from './end-machine.ts'

/**
 * Deletes a VM and everything of it.
 * @param options.force also one that runs: it is killed first
 * @throws vm.running
 */
export async function deleteVm(engine: Engine, vm: Vm, live: Live, options: { force: boolean }): Promise<void> {
  await engine.locks.hold(
    vm.id,
    vm.name,
    'delete',
    async () => {
      const now = engine.store.vms.get(vm.id)
      if (!now) {
        if (options.force) return
        throw fail('vm.not-found', { name: vm.name })
      }
      if (now.state === 'running' && !options.force) throw fail('vm.delete-running', { name: vm.name })
      await perform(deleteVerb(engine), vm.id, { id: vm.id }, live, { journal: engine.store.journal, log: engine.host.log })
      announce(engine, { type: 'vm.deleted', vm: { id: vm.id, name: vm.name } })
    },
    { interrupt: options.force },
  )
}

export function deleteVerb(engine: Engine): Verb<{ id: string }> {
  return {
    name: 'vm.delete',
    onCrash: 'finish',
    steps: [
      { name: 'state', run: ({ id }) => void updateVm(engine, id, { state: 'deleting' }) },
      { name: 'end', run: ({ id }) => endMachine(engine, id) },
      { name: 'network', run: ({ id }) => releaseNetwork(engine, id) },
      { name: 'forget', run: ({ id }) => forgetNetwork(engine, id) },
      { name: 'folder', run: ({ id }) => rm(engine.paths.vm(id).dir, { recursive: true, force: true }) },
      { name: 'row', run: ({ id }) => engine.store.vms.delete(id) },
    ],
  }
}
