import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { State } from './state.ts'

const settingsShape = z.object({
  bridge: z.string(),
  address: z.string(),
  cidr: z.string(),
  poolSize: z.number(),
  dns: z.string().optional(),
  isolate: z.boolean(),
})

const shape = z.object({
  format: z.literal(1),
  /** How the bridge was made, while it is there. */
  made: settingsShape.optional(),
  /** Whether we turned the host's forwarding on. */
  forwarding: z.boolean(),
  /** Given out last, so that an address rests before another VM gets it. */
  lastAddress: z.string().optional(),
  /** By VM id. */
  vms: z.record(
    z.string(),
    z.object({
      name: z.string(),
      address: z.string(),
      /** While it is plugged in. */
      tap: z.string().optional(),
      publish: z.array(z.object({ hostAddress: z.string(), hostPort: z.number(), guestPort: z.number() })),
    }),
  ),
})

/** The state of the last run; a fresh one where there is none, or none that can be read. */
export async function loadState(file: string): Promise<State> {
  const parsed = shape.safeParse(await readJson(file))
  if (!parsed.success) return { forwarding: false, vms: {} }
  const { format: _, ...state } = parsed.data
  return state as State
}

/** Replaces the file at once: after a crash it holds the old state or the new one. */
export async function saveState(file: string, state: State): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const stage = `${file}.new`
  const handle = await open(stage, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify({ format: 1, ...state }))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(stage, file)
}

export async function removeState(file: string): Promise<void> {
  await rm(file, { force: true })
  await rm(`${file}.new`, { force: true })
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
