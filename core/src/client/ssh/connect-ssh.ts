import type { Client } from 'ssh2'
import { BangerError, fail, isError } from '../../errors.ts'
import type { Progress } from '../../hooks/progress.ts'
import type { SshAccess } from '../../protocol/api.ts'
import type { DaemonClient } from '../daemon-client.ts'

export interface ConnectSshOptions {
  progress: Progress
  signal: AbortSignal
  /** Milliseconds to wait for sshd, which a new VM may still be installing. */
  patience?: number
}

const retryEvery = 500

/**
 * An SSH connection to a VM, made through the daemon's dial, so that it works on any network driver.
 * Waits for sshd. The guest's host key must be the one that banger gave it.
 * @throws ssh.failed, aborted, and what the daemon reports
 */
export async function connectSsh(client: DaemonClient, vm: string, options: ConnectSshOptions): Promise<Client> {
  const { progress, signal, patience = 60_000 } = options
  const access = await client.ssh(vm)
  const deadline = Date.now() + patience
  for (let waited = false; ; waited = true) {
    if (signal.aborted) throw fail('aborted', { what: `Connecting to "${vm}"` })
    try {
      const connection = await attempt(client, vm, access, signal)
      if (waited) progress({ id: 'ssh', message: `sshd in "${vm}" answers`, state: 'done' })
      return connection
    } catch (error) {
      if (signal.aborted) continue
      if (!mayPass(error)) throw error instanceof BangerError ? error : sshFailed(vm, error)
      if (Date.now() > deadline) throw noAnswer(vm, error)
    }
    progress({ id: 'ssh', message: `Waiting for sshd in "${vm}"`, state: 'running' })
    await new Promise((resolve) => setTimeout(resolve, retryEvery))
  }
}

async function attempt(client: DaemonClient, vm: string, access: SshAccess, signal: AbortSignal): Promise<Client> {
  const { Client } = (await import('ssh2')).default
  const { readFile } = await import('node:fs/promises')
  const privateKey = await readFile(access.identityFile)
  const sock = await client.dial(vm, 22, signal)
  const connection = new Client()
  const expected = hostKeyBytes(access.hostKey)
  return new Promise((resolve, reject) => {
    const onAbort = (): void => void sock.destroy()
    signal.addEventListener('abort', onAbort, { once: true })
    connection.once('ready', () => {
      signal.removeEventListener('abort', onAbort)
      resolve(connection)
    })
    // Kept for good: errors that come later than this promise are told by the end of the connection.
    connection.on('error', reject)
    // ssh2 does not take the end of the guest's half for the end of the connection.
    sock.once('end', () => sock.destroy())
    sock.once('close', () => reject(closed()))
    connection.connect({
      sock,
      username: access.user,
      privateKey,
      readyTimeout: 30_000,
      keepaliveInterval: 15_000,
      hostVerifier: (key: Buffer) => key.equals(expected),
      algorithms: { serverHostKey: ['ssh-ed25519'] },
    })
    // It waits in vain for a connection that was gone before.
    if (sock.destroyed) reject(closed())
  })
}

/** The key itself, out of an OpenSSH public key line: `ssh-ed25519 AAAA… comment`. */
export function hostKeyBytes(line: string): Buffer {
  return Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64')
}

/** Whether it may be because sshd is not up yet. A wrong key never passes. */
function mayPass(error: unknown): boolean {
  if (isError(error) && error.code.startsWith('guest.')) return true
  if (!(error instanceof Error) || !('level' in error)) return false
  return error.level === 'client-socket' || error.level === 'client-timeout' || error.level === 'protocol'
}

/** As ssh2 marks errors of its socket. */
function closed(): Error {
  return Object.assign(new Error('the connection was closed'), { level: 'client-socket' })
}

function sshFailed(vm: string, error: unknown): BangerError {
  const reason = error instanceof Error ? error.message : String(error)
  return fail('ssh.failed', { name: vm, reason, advice: `A shell without SSH: banger vm exec ${vm} -- sh` }, error)
}

function noAnswer(vm: string, error: unknown): BangerError {
  const advice = `It may still be installing: banger vm logs ${vm}. A shell without SSH: banger vm exec ${vm} -- sh`
  return fail('ssh.failed', { name: vm, reason: 'sshd does not answer.', advice }, error)
}
