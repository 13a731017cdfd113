import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Qmp } from '../../../plugins/vmm-qemu/src/qmp.ts'
import { platformOf } from '../../../plugins/vmm-qemu/src/platform.ts'
import type { VmConfig } from '../vm/config.ts'
import { controlFd, qemuArgs } from './qemu-args.ts'

/** A guest that runs in QEMU. */
export interface Guest {
  pause(): Promise<void>
  resume(): Promise<void>
  pressCtrlAltDel(): Promise<void>
  /** @param amount MiB that the balloon takes */
  inflate(amount: number): Promise<void>
}

/** Milliseconds for QEMU to make its machine. */
const startTimeout = 60_000

/**
 * Boots a guest in a QEMU that ends with this process, however that ends.
 * @param onReset called when the guest resets itself, which ends Firecracker
 * @param onLost called when QEMU ends by itself
 */
export async function bootGuest(
  config: VmConfig,
  agentSocket: string,
  { onReset, onLost }: { onReset: () => void; onLost: (why: string) => void },
): Promise<Guest> {
  const program = platformOf(process.arch)?.binary ?? 'qemu'
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...qemuArgs(config, agentSocket)], {
    stdio: ['ignore', 'inherit', 'pipe', 'pipe'],
  })
  const control = child.stdio[controlFd] as Duplex
  const said = child.stderr ? text(child.stderr) : Promise.resolve('')
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => void said.then((words) => reject(new Error(words.trim() || `QEMU: ${code ?? signal}`))))
  })
  const opened = Qmp.open(control, startTimeout).catch(async (error: unknown) => {
    // What QEMU says when it ends tells more than its closed connection.
    await Promise.race([ended, sleep(1000)])
    throw error
  })
  const qmp = await Promise.race([opened, ended])
  ended.catch((error: Error) => onLost(error.message))
  qmp.on('event', (name, data) => {
    if (name === 'SHUTDOWN' && data.reason === 'guest-reset') onReset()
  })
  const guest: Guest = {
    pause: async () => void (await qmp.execute('stop')),
    resume: async () => void (await qmp.execute('cont')),
    pressCtrlAltDel: async () => {
      const keys = ['ctrl', 'alt', 'delete'].map((data) => ({ type: 'qcode', data }))
      await qmp.execute('send-key', { keys })
    },
    inflate: async (amount) => void (await qmp.execute('balloon', { value: (config.machine.mem_size_mib - amount) * 2 ** 20 })),
  }
  if (config.balloon) await guest.inflate(config.balloon.amount_mib)
  return guest
}
