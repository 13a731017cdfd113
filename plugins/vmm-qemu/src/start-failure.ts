import { join } from 'node:path'
import { fail, type BangerError, type MachineSpec, readTail } from '@banger/core'
import { lastMessage } from './last-message.ts'
import { files } from './qemu-args.ts'

/**
 * The error of a QEMU that ended before its machine ran, from its last message.
 * @returns port.in-use when a published port was taken, else vm.boot-failed
 */
export async function startFailure(spec: MachineSpec, cause: unknown): Promise<BangerError> {
  const log = join(spec.dir, files.log)
  const text = await readTail(log)
  const [, address, port, guest] = /host forwarding rule '\w+:([^:']*):(\d+)-[^:']*:(\d+)'/.exec(text) ?? []
  if (address !== undefined && port && guest) return fail('port.in-use', { address, port, guest }, cause)
  const reason = lastMessage(text) ?? (cause instanceof Error ? cause.message : String(cause))
  return fail('vm.boot-failed', { name: spec.name, reason: `QEMU says: ${reason}`, log }, cause)
}
