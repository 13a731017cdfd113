import { mkdirSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestHost } from './test-host.ts'

/** Milliseconds that what was let go may take to be gone. */
const patience = 3000

/**
 * Does work and looks at what it leaves: files outside of the cache folder (temporary ones too), open files, child processes.
 * @returns how the work ended, and a line for each thing that is left three seconds later
 */
export async function leftoversOf<T>(host: TestHost, work: () => Promise<T>): Promise<{ outcome: Outcome<T>; left: string[] }> {
  const before = new Set(await findAll(host))
  const temporary = process.env.TMPDIR
  process.env.TMPDIR = join(host.folder, 'tmp')
  mkdirSync(process.env.TMPDIR, { recursive: true })
  const outcome = await work()
    .then(
      (value): Outcome<T> => ({ value }),
      (error: unknown): Outcome<T> => ({ error }),
    )
    .finally(() => {
      if (temporary === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = temporary
    })
  const find = async () => (await findAll(host)).filter((thing) => !before.has(thing))
  let left = await find()
  for (const deadline = Date.now() + patience; left.length > 0 && Date.now() < deadline; left = await find()) await sleep(20)
  return { outcome, left }
}

export type Outcome<T> = { value: T; error?: undefined } | { value?: undefined; error: unknown }

async function findAll(host: TestHost): Promise<string[]> {
  // One after the other: reading the folders opens them, which is none of the plugin's.
  return [...(await openFiles(host)), ...(await filesOutsideOfCache(host)), ...(await children())]
}

async function filesOutsideOfCache({ folder, dirs }: TestHost): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
  const temporary = await readdir(join(folder, 'tmp')).catch(() => [])
  const outside = paths.filter((path) => !path.startsWith(`${dirs.cache}/`))
  return [...new Set([...outside, ...temporary.map((name) => join(folder, 'tmp', name))])].map((path) => `the file ${path}`)
}

/** Files of the host's folder that this process has open, and any other that a plugin may have to do with. */
async function openFiles({ folder }: TestHost): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd').catch(() => [])
  const targets = await Promise.all(numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')))
  const strange = targets.filter(
    (target) =>
      target.startsWith(folder) || (target.startsWith('/') && !/^\/(dev|proc|sys)\/|\/node_modules\/|\.[cm]?[jt]s$/.test(target)),
  )
  return strange.map((target) => `the open file ${target}`)
}

async function children(): Promise<string[]> {
  const threads = await readdir('/proc/self/task').catch(() => [])
  const lists = await Promise.all(threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')))
  return lists.flatMap((list) => list.split(' ').filter(Boolean)).map((pid) => `the process ${pid}`)
}
