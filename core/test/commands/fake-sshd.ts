import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { generateKeyPair } from '../../src/config/ssh-key.ts'
import type { SshAccess } from '../../src/protocol/api.ts'

export const hostKeys = generateKeyPair('test')
export const userKeys = generateKeyPair('test')

export interface FakeSshd {
  /** Sizes of terminals that were asked for: `30x100`. */
  windows: string[]
  /** Takes a connection; its shell is a local one. */
  serve(socket: Duplex): void
}

/** What the daemon says of a VM with that sshd; its files are made in `dir`. */
export async function sshAccess(dir: string): Promise<SshAccess> {
  await mkdir(dir, { recursive: true })
  const [identityFile, knownHostsFile] = [join(dir, 'id'), join(dir, 'known_hosts')]
  await writeFile(identityFile, userKeys.private, { mode: 0o600 })
  await writeFile(knownHostsFile, `banger-box ${hostKeys.public}\n`)
  return { user: 'root', identityFile, knownHostsFile, hostKeyAlias: 'banger-box', hostKey: hostKeys.public }
}

/** sshd, as far as the tests need it. @param env laid over this process's for what it runs */
export function fakeSshd(env: Record<string, string> = {}): FakeSshd {
  const windows: string[] = []
  return {
    windows,
    serve(socket) {
      const server = new ssh2.Server({ hostKeys: [hostKeys.private] }, (connection) => serveConnection(connection, windows, env))
      server.injectSocket(socket as never)
    },
  }
}

function serveConnection(connection: Connection, windows: string[], env: Record<string, string>): void {
  const allowed = ssh2.utils.parseKey(userKeys.public)
  connection.on('error', () => {})
  connection.on('authentication', (attempt) => {
    const known = attempt.method === 'publickey' && !(allowed instanceof Error) && attempt.key.data.equals(allowed.getPublicSSH())
    known ? attempt.accept() : attempt.reject(['publickey'])
  })
  connection.on('session', (acceptSession) => {
    const session = acceptSession()
    let signal: (name: NodeJS.Signals) => void = () => undefined
    session.on('pty', (accept, _reject, { rows, cols }) => {
      windows.push(`${rows}x${cols}`)
      accept()
    })
    session.on('window-change', (accept, _reject, { rows, cols }) => {
      windows.push(`${rows}x${cols}`)
      accept?.()
    })
    session.on('signal', (_accept, _reject, { name }) => signal(`SIG${name}` as NodeJS.Signals))
    session.on('exec', (accept, _reject, { command }) => {
      signal = attach(accept(), ['-c', command], env)
    })
    session.on('shell', (accept) => void attach(accept(), [], env))
  })
}

/** @returns what signals it */
function attach(channel: ServerChannel, args: string[], env: Record<string, string>): (name: NodeJS.Signals) => void {
  const shell = spawn('sh', args, { stdio: 'pipe', env: { ...process.env, ...env } })
  shell.stdin.on('error', () => {})
  channel.pipe(shell.stdin)
  shell.stdout.pipe(channel, { end: false })
  shell.stderr.pipe(channel.stderr, { end: false })
  shell.once('close', (code, signal) => {
    if (signal) channel.exit(signal.replace('SIG', ''))
    else channel.exit(code ?? 0)
    channel.end()
  })
  return (name) => shell.kill(name)
}
