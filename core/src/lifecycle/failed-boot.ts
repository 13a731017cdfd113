import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { BangerError, isError } from '../errors.ts'
import type { Vm } from '../protocol/model.ts'
import type { Engine } from './engine.ts'

/**
 * Keeps the console's log of a VM that never became ready, since the VM's folder may go.
 * @returns where it lies
 */
export async function keepConsoleLog(engine: Engine, vm: Vm): Promise<string> {
  return keepLog(engine, vm, vm.consoleLog)
}

/**
 * Keeps the log in the VM's folder that the hint of a VMM's error names, since the folder may go.
 * @returns the error, which names the log where it lies now
 */
export async function keepNamedLog(engine: Engine, vm: Vm, error: unknown): Promise<unknown> {
  const { dir } = engine.paths.vm(vm.id)
  if (!isError(error) || !error.hint?.includes(`${dir}/`)) return error
  const { code, message, hint, status } = error
  const files = (await readdir(dir).catch(() => [])).map((name) => join(dir, name))
  const named = files.find((file) => hint.includes(file))
  const log = named ? await keepLog(engine, vm, named) : engine.paths.daemonLog
  return new BangerError({ code, message, status, hint: hint.replace(named ?? /\S+$/, log), cause: error })
}

async function keepLog(engine: Engine, vm: Vm, log: string): Promise<string> {
  const folder = join(engine.paths.state, 'failed')
  const target = join(folder, `${vm.name}.${basename(log)}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await copyFile(log, target)
    return target
  } catch {
    // it wrote none: nothing to keep
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
