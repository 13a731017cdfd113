import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProcesses, killProcess, type MachineSpec, type MachineState, type ProcessId, type VmmDriver } from '@banger/core'
import { sampleMachine } from './sample-machine.ts'
import { orphan } from './orphan.ts'
import { makeDriver, type VmmSubject } from './subject.ts'

/** What one check of a VMM driver works with; all of it is gone afterwards. */
export interface World {
  driver: VmmDriver
  /** A machine of its own. */
  machine(id: string): MachineSpec
  /** Starts a machine in a daemon that is killed then. @returns its state, as the store gives it back */
  orphan(spec: MachineSpec): Promise<MachineState>
}

/** Runs a check; afterwards no process of its machines is left, and no socket in their folders. */
export async function inWorld(subject: VmmSubject, run: (world: World) => Promise<void>): Promise<void> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'banger-vmm-')))
  const specs: MachineSpec[] = []
  const { driver, host } = await makeDriver(subject)
  const machine = (id: string) => {
    const spec = sampleMachine(base, id, subject.machine)
    specs.push(spec)
    return spec
  }
  try {
    await run({ driver, machine, orphan: (spec) => orphan(subject, spec) })
    for (const spec of specs) await leavesNothing(driver, spec)
  } finally {
    // whatever the driver does
    for (const spec of specs) await Promise.all((await processesOf(spec)).map(killProcess))
    host.remove()
    rmSync(base, { recursive: true, force: true })
  }
}

async function leavesNothing(driver: VmmDriver, spec: MachineSpec): Promise<void> {
  await driver.sweep(spec)
  await assertEnded(spec, 'when it was swept')
  assert.deepEqual(await socketsOf(spec), [], `sockets of ${spec.id} stay when it was swept`)
}

/** @throws AssertionError when a process of the machine still runs three seconds later, which is as long as its helpers may take to end */
export async function assertEnded(spec: MachineSpec, when: string): Promise<void> {
  let running = await processesOf(spec)
  for (const deadline = Date.now() + 3000; running.length > 0 && Date.now() < deadline; running = await processesOf(spec))
    await sleep(20)
  assert.deepEqual(running, [], `processes of ${spec.id} run on ${when}`)
}

/** Processes that have to do with a machine: they work in its folder, or name it. */
async function processesOf({ id, dir }: MachineSpec): Promise<ProcessId[]> {
  const folder = await realpath(dir)
  return findProcesses(
    (argv, cwd, pid) =>
      pid !== process.pid && (cwd === folder || cwd.startsWith(`${folder}/`) || argv.some((word) => word.includes(id))),
  )
}

export async function socketsOf({ dir }: MachineSpec): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isSocket()).map(({ name }) => name)
}
