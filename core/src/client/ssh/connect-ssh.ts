import type { Client } from 'ssh2'
import type { SshAccess } from '../../protocol/api.ts'
import type { DaemonClient } from '../daemon-client.ts'
import { type SshdPatience, untilSshdAnswers } from './until-sshd-answers.ts'

/**
 * An SSH connection to a VM, made through the daemon's dial, so that it works on any network driver.
 * Waits for sshd. The guest's host key must be the one that banger gave it.
 * @throws ssh.failed, aborted, and what the daemon reports
 */
export async function connectSsh(client: DaemonClient, vm: string, patience: SshdPatience): Promise<Client> {
  const access = await client.ssh(vm)
  return untilSshdAnswers(client, vm, patience, () => attempt(client, vm, access, patience.signal))
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

/** As ssh2 marks errors of its socket. */
function closed(): Error {
  return Object.assign(new Error('the connection was closed'), { level: 'client-socket' })
}
