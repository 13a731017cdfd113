import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Vm } from '../protocol/model.ts'
import type { Engine } from './engine.ts'

/**
 * Keeps the console's log of a VM that never became ready, since the VM's folder may go.
 * @returns where it lies
 */
export async function keepConsoleLog(engine: Engine, vm: Vm): Promise<string> {
  const folder = join(engine.paths.state, 'failed')
  const target = join(folder, `${vm.name}.console.log`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await copyFile(vm.consoleLog, target)
    return target
  } catch {
    // no console yet: nothing to keep
    return engine.paths.daemonLog
  }
}

/** What the console said last, for an error message. */
export async function lastConsoleLine(engine: Engine, id: string): Promise<string | undefined> {
  try {
    const text = await readFile(engine.paths.vm(id).consoleLog, 'latin1')
    const lines = text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').split(/[\r\n]+/)
    return lines.findLast((line) => /banger: fatal|panic|not syncing/i.test(line)) ?? lines.findLast((line) => line.trim() !== '')
  } catch {
    return undefined
  }
}
