import { setTimeout as sleep } from 'node:timers/promises'
import { connectIn } from '@banger/core'
import type { ApiCall } from './api/call.ts'
import { files } from './files.ts'
import type { FirecrackerMachine } from './machine.ts'

/** Milliseconds. Firecracker's socket is there after 6 to 60 and its answers take 1; a host that swaps makes it seconds. */
export interface Patience {
  socket: number
  answer: number
}

export const defaultPatience: Patience = { socket: 30_000, answer: 30_000 }

/**
 * Waits for the API of a fresh Firecracker and makes the calls, one after the other.
 * @throws vmm.refused, and a plain Error that says what happened when it ends, stalls or is never there
 */
export async function boot(machine: FirecrackerMachine, calls: ApiCall[], patience = defaultPatience): Promise<void> {
  const over = new AbortController()
  const ended = machine.exited.then((exit) => {
    over.abort()
    throw new Error(exit.detail)
  })
  try {
    await Promise.race([ended, bootWhileAlive(machine, calls, patience, over.signal)])
  } catch (error) {
    // A process that has just ended takes its socket along: its end says more than the broken connection.
    await Promise.race([ended, sleep(isRefusal(error) ? 0 : 200)])
    throw error
  } finally {
    ended.catch(() => undefined)
    machine.release()
  }
}

async function bootWhileAlive(
  machine: FirecrackerMachine,
  calls: ApiCall[],
  patience: Patience,
  signal: AbortSignal,
): Promise<void> {
  await untilSocket(machine.state.root, patience.socket, signal)
  for (const call of calls) {
    if (signal.aborted) return
    await machine.call(call, patience.answer)
  }
}

/** Until the socket is there and listens, which are two moments. */
async function untilSocket(dir: string, patience: number, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + patience; !signal.aborted; await sleep(2)) {
    const socket = await connectIn(dir, files.api).catch(() => undefined)
    if (socket) return void socket.destroy()
    if (Date.now() > deadline) throw new Error(`Firecracker's API socket did not appear within ${patience / 1000} s`)
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'vmm.refused'
}
