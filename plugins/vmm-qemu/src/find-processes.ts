import { realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import { findProcesses, type ProcessId } from '@banger/core'
import { processName } from './qemu-args.ts'

/** Every QEMU process of a machine: by its name and its working directory. */
export async function findQemu(spec: { id: string; dir: string }): Promise<ProcessId[]> {
  const dir = await realpath(spec.dir).catch(() => spec.dir)
  return findProcesses(
    (argv, cwd) =>
      cwd === dir &&
      basename(argv[0] ?? '').startsWith('qemu-system-') &&
      argv[argv.indexOf('-name') + 1] === processName(spec.id),
  )
}
