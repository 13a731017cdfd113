import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MachineSpec } from '@banger/core'
import { type MachineOptions, sampleMachine } from '@banger/plugin-testkit'
import { installStandIn } from '../../../test/firecracker-stand-in/launcher.ts'

export interface StandInMachine {
  spec: MachineSpec
  /** Path of the program. */
  firecracker: string
  jailer: string
  remove(): Promise<void>
}

/** A machine that the stand-in really runs, though there is no Linux in it. */
export function standInMachine(id: string, options: MachineOptions = {}): StandInMachine {
  const base = mkdtempSync(join(tmpdir(), 'banger-firecracker-'))
  const spec = sampleMachine(base, id, options)
  const firecracker = installStandIn(join(base, 'bin'))
  return {
    spec,
    firecracker,
    jailer: join(base, 'bin/jailer'),
    remove: async () => rmSync(base, { recursive: true, force: true }),
  }
}
