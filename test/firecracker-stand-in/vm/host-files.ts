import { existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
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
  const facts = `/sys/class/net/${name}`
  if (!/^[^/\s]{1,15}$/.test(name)) return 'Invalid interface name'
  const refuse = (what: string): string =>
    `Error while creating ifreq structure: ${what}. Invalid TUN/TAP Backend provided by ${name}. Check our documentation on setting up the network devices.`
  if (!existsSync(facts)) return refuse('Operation not permitted (os error 1)')
  if (!existsSync(`${facts}/tun_flags`)) return refuse('Invalid argument (os error 22)')
  const owner = Number(readFileSync(`${facts}/owner`, 'utf8'))
  const uid = process.getuid?.() ?? 0
  return uid === 0 || owner === uid ? undefined : refuse('Operation not permitted (os error 1)')
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
