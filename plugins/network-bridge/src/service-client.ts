import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Host } from '@banger/core'
import { dnsPort } from './ruleset.ts'
import { connectControl, type ControlConnection } from './service/control-connection.ts'
import type { Greeting, PortsAnswer, Request, ServedVm, ServiceOptions } from './service/protocol.ts'
import type { Settings } from './settings.ts'

/** Milliseconds for the service to start; generous, since the host may be busy. */
const patience = 20_000

/** The bridge's service, as the driver sees it. It is started when it is needed, and again when it has gone. */
export interface Service {
  /** Serves just these VMs from now on. @throws network.service-failed */
  set(vms: ServedVm[]): Promise<PortsAnswer>
  /** Ends it, also one that an earlier daemon started. */
  stop(): Promise<void>
  /** Leaves it to itself: it stays as long as it has VMs. */
  leave(): Promise<void>
  /** Absolute path of its log. */
  log: string
}

/** @param onLost called when it ends without having been told to */
export function keepService(host: Host, settings: Settings, onLost: () => void): Service {
  let current: Promise<ControlConnection> | undefined

  function connected(): Promise<ControlConnection> {
    if (current) return current
    const opened = openService(host, settings)
    const lose = (wasOpen: boolean) => {
      if (current !== opened) return
      current = undefined
      if (wasOpen) onLost()
    }
    opened.then(
      ({ closed }) => closed.then(() => lose(true)),
      () => lose(false),
    )
    current = opened
    return opened
  }

  /** Ours no longer: its end is nothing to be told of. */
  async function release(): Promise<ControlConnection | undefined> {
    const connection = (await current?.catch(() => undefined)) ?? (await connectControl(socketOf(host)).catch(() => undefined))
    current = undefined
    return connection
  }

  return {
    set: async (vms) => (await (await connected()).ask({ vms } satisfies Request)) as PortsAnswer,
    stop: async () => stop(await release()),
    leave: async () => (await release())?.end(),
    log: logOf(host),
  }
}

/** The service that runs; a new one when none does, or one of another version or with other settings. */
async function openService(host: Host, settings: Settings): Promise<ControlConnection> {
  const options: ServiceOptions = {
    socket: socketOf(host),
    address: settings.address,
    dnsPort,
    cidr: settings.cidr,
    ...(settings.dns ? { upstream: settings.dns } : {}),
  }
  const program = findProgram()
  const identity = createHash('sha256')
    .update(await readFile(program))
    .update(JSON.stringify(options))
    .digest('hex')
  const running = await connectControl(options.socket).catch(() => undefined)
  if ((running?.greeting as Greeting | undefined)?.identity === identity && running) return running
  await stop(running)
  return start(host, options, [program, JSON.stringify(options), identity])
}

async function start(host: Host, options: ServiceOptions, args: string[]): Promise<ControlConnection> {
  const log = logOf(host)
  const child = await host.detach(process.execPath, args, { cwd: host.dirs.state, logFile: log })
  let ended = false
  void child.exited.then(() => {
    ended = true
  })
  for (const deadline = Date.now() + patience; !ended && Date.now() < deadline; ) {
    const connection = await connectControl(options.socket).catch(() => undefined)
    if (connection) return connection
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').at(-1)
  throw fail('network.service-failed', { reason: said || 'it does not answer', log })
}

async function stop(connection: ControlConnection | undefined): Promise<void> {
  connection?.send({ stop: true } satisfies Request)
  await connection?.closed
}

function socketOf(host: Host): string {
  return join(host.dirs.state, 'network-bridge.sock')
}

function logOf(host: Host): string {
  return join(host.dirs.state, 'network-bridge.log')
}

/** Beside this module: as it was built, or as it is in the source. */
function findProgram(): string {
  const files = ['js', 'ts'].map((end) => join(import.meta.dirname, `programs/bridge-service.${end}`))
  return files.find((file) => existsSync(file)) ?? ''
}
