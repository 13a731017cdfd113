import { randomBytes } from 'node:crypto'
import type { Client, ClientChannel } from 'ssh2'
import { fail } from '../../errors.ts'
import { signalStatus } from '../interrupt.ts'
import { onSignals } from '../terminal/signals.ts'
import { acpCommand, type AcpOutcome } from './acp-command.ts'
import { awaitMarker } from './await-marker.ts'
import { joinChannel } from './join-channel.ts'

/** Milliseconds that the agent has to end after a signal before the connection is closed. */
const patience = 2000

/**
 * Runs `opencode acp` in a guest on this process's own stdin, stdout and stderr. Nothing but the protocol is written to stdout.
 * @param vm its name, for errors
 * @returns the status to exit with: the agent's, or 128 + n when a signal ended it or this process
 * @throws guest.bad-cwd, acp.no-agent, ssh.failed
 */
export async function runAcp(connection: Client, vm: string, cwd: string | undefined): Promise<number> {
  let received: NodeJS.Signals | undefined
  let channel: ClientChannel | undefined
  let timer: NodeJS.Timeout | undefined
  using _ = onSignals((name) => {
    const again = received !== undefined
    received ??= name
    if (!channel || again) return void connection.destroy()
    channel.signal(name.slice(3))
    channel.end()
    timer = setTimeout(() => connection.destroy(), patience)
  })
  try {
    const marker = `banger-acp-${randomBytes(16).toString('hex')}`
    channel = await openChannel(connection, acpCommand(marker, cwd))
    const outcome = (await awaitMarker(channel, marker, (noise) => process.stderr.write(noise))) as AcpOutcome | undefined
    if (received !== undefined && outcome !== 'ready') return signalStatus(received)
    if (outcome !== 'ready') throw refusal(vm, outcome, cwd)
    const status = await joinChannel(connection, channel)
    return received !== undefined && status === 255 ? signalStatus(received) : status
  } finally {
    clearTimeout(timer)
    connection.end()
  }
}

function openChannel(connection: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    connection.exec(command, {}, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

function refusal(vm: string, outcome: AcpOutcome | undefined, cwd = ''): Error {
  if (outcome === 'no-folder') return fail('guest.bad-cwd', { path: cwd })
  if (outcome === 'no-agent') return fail('acp.no-agent', { name: vm })
  const advice = `See what a login shell does there: banger vm ssh ${vm}`
  return fail('ssh.failed', { name: vm, reason: 'its shell ended before opencode was started.', advice })
}
