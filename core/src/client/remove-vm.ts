import { isError } from '../errors.ts'
import type { DaemonClient } from './daemon-client.ts'

/**
 * Removes a VM, running or not, and waits until it is gone. The daemon may be removing it already, as it does with an
 * ephemeral VM whose command has ended.
 * @param patience milliseconds to wait for another verb to let go of it
 */
export async function removeVm(client: DaemonClient, vm: string, patience = 30_000): Promise<void> {
  for (const deadline = Date.now() + patience; ; ) {
    try {
      return await client.deleteVm(vm, { force: true })
    } catch (error) {
      if (isError(error, 'vm.not-found')) return
      if (!isError(error, 'vm.busy') || Date.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
