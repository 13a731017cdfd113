import { spawnSync } from 'node:child_process'
import { open } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import { userInfo } from 'node:os'
import { getSystemErrorMap } from 'node:util'

/** What a VM opens on its host. */
export interface HostFiles {
  openProblem(path: string, flags: 'r' | 'r+' | 'a'): Promise<string | undefined>
  tapProblem(name: string): string | undefined
  bindSocket(path: string): Promise<Server>
}

/** Why a file cannot be opened, in Rust's words, or undefined when it can. */
export async function openProblem(path: string, flags: 'r' | 'r+' | 'a'): Promise<string | undefined> {
  try {
    await (await open(path, flags)).close()
    return undefined
  } catch (error) {
    return osError(error)
  }
}

/** Why a tap device cannot be used. Firecracker would make a missing one where it may, which banger never wants. */
function tapProblem(name: string): string | undefined {
  if (!/^[^/\s]{1,15}$/.test(name)) return 'Invalid interface name'
  const link = readLink(name)
  const problem = link ? (link.tap ? ownerProblem(link.owner) : 'Invalid argument (os error 22)') : notPermitted
  if (!problem) return undefined
  return `Error while creating ifreq structure: ${problem}. Invalid TUN/TAP Backend provided by ${name}. Check our documentation on setting up the network devices.`
}

const notPermitted = 'Operation not permitted (os error 1)'

function ownerProblem(owner: string | number | undefined): string | undefined {
  const uid = process.getuid?.() ?? 0
  return uid === 0 || String(owner) === String(uid) || owner === ownName() ? undefined : notPermitted
}

/** A jailed user has none. */
function ownName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** As ip-link(8) tells it: /sys shows another network namespace's links where it was mounted there. */
function readLink(name: string): { tap: boolean; owner?: string | number } | undefined {
  const { stdout, status } = spawnSync('ip', ['-json', '-details', 'link', 'show', 'dev', name], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const [link] = JSON.parse(stdout) as { linkinfo?: { info_data?: { type?: string; user?: string | number } } }[]
  const { type, user } = link?.linkinfo?.info_data ?? {}
  return { tap: type === 'tap', ...(user === undefined ? {} : { owner: user }) }
}

/** @throws an Error with Rust's words */
async function bindSocket(path: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(osError(error)))).listen(path, resolve)
  })
  return server
}

/** `No such file or directory (os error 2)` */
function osError(error: unknown): string {
  const { errno = 0 } = error as NodeJS.ErrnoException
  const text = getSystemErrorMap().get(errno)?.[1] ?? String(error)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} (os error ${-errno})`
}

export const hostFiles: HostFiles = { openProblem, tapProblem, bindSocket }
