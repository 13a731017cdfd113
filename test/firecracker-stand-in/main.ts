/**
 * A stand-in for Firecracker, for hosts without KVM: the same flags and the same API, refusing what Firecracker refuses in the same
 * words, with guests that run in an emulating QEMU. It calls itself `Firecracker v1.17.0-stand-in`, and is never installed.
 */
import { readFile } from 'node:fs/promises'
import { type Arguments, parseArguments } from './arguments.ts'
import type { Body } from './api/deserialize.ts'
import { Fault } from './api/fault.ts'
import { parseOperation } from './api/operations.ts'
import { type HttpAnswer, serveHttp } from './http/server.ts'
import type { HttpRequest } from './http/parse-requests.ts'
import { Log } from './log.ts'
import { bootGuest } from './qemu/guest.ts'
import { serveVsock } from './qemu/hybrid-vsock.ts'
import type { VmConfig } from './vm/config.ts'
import { hostFiles } from './vm/host-files.ts'
import { MicroVm } from './vm/micro-vm.ts'

const version = '1.17.0-stand-in'

/** As in Firecracker's FcExitCode. */
const exitCodes = { generic: 1, badLevel: 152, badArguments: 153, hangUp: 156, panic: 134 }

/** The parts of a configuration file, in the order in which they count. */
const parts = ['logger', 'metrics', 'machine-config', 'boot-source', 'vsock', 'balloon', 'entropy'] as const

process.on('SIGHUP', () => process.exit(exitCodes.hangUp))
await main().catch((error: Error) => end(exitCodes.generic, error.message))

async function main(): Promise<void> {
  const given = readArguments()
  if (given.has('version')) return void process.stdout.write(`Firecracker v${version}\n\n`)
  if (given.has('snapshot-version')) return void process.stdout.write('v0.0.0\n')
  const id = given.get('id') ?? 'anonymous-instance'
  if (!/^[a-zA-Z0-9-]{1,64}$/.test(id)) return end(exitCodes.panic, `Invalid instance ID: ${id}`)
  const log = await openLog(id, given)
  log.say('INFO', `Running Firecracker v${version}`)
  const limit = Number(given.get('http-api-max-payload-size') ?? 51_200)
  const vm = new MicroVm({
    id,
    version,
    host: hostFiles,
    mmdsLimit: Number(given.get('mmds-size-limit') ?? limit),
    boot: (config) => boot(config, log),
    setLog: ({ log_path, level, show_level }) =>
      log.update({
        ...(typeof log_path === 'string' ? { path: log_path } : {}),
        ...(typeof level === 'string' ? { level } : {}),
        ...(typeof show_level === 'boolean' ? { showLevel: show_level } : {}),
      }),
  })
  const file = given.get('config-file')
  if (!given.has('no-api')) await listen(given.get('api-sock') ?? '/run/firecracker.socket', limit, vm, log)
  if (file) await bootFromFile(file, vm, log)
}

function readArguments(): Arguments {
  try {
    return parseArguments(process.argv.slice(2))
  } catch (error) {
    return end(exitCodes.badArguments, `Arguments parsing error: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function openLog(id: string, given: Arguments): Promise<Log> {
  const log = new Log(id)
  const level = given.get('level')
  if (level !== undefined && !/^(off|trace|debug|info|warn(ing)?|error)$/i.test(level))
    return end(exitCodes.badLevel, `Invalid value for logger level: ${level}. Possible values: [Error, Warning, Info, Debug]`)
  await log.update({ path: given.get('log-path'), level, showLevel: given.has('show-level') }).catch((error: Error) => {
    throw new Error(`Could not initialize logger: Failed to open target file: ${error.message}`)
  })
  return log
}

async function listen(socket: string, limit: number, vm: MicroVm, log: Log): Promise<void> {
  const server = serveHttp(limit, (request) => answer(request, vm, log))
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => {
      log.say('ERROR', `RunWithApiError error: Failed to open the API socket at: ${socket}. Check that it is not already used.`)
      reject(new Error(`RunWithApi(FailedToBindSocket(${JSON.stringify(socket)}))`))
    })
    server.listen(socket, resolve)
  })
  log.say('INFO', 'API server started.')
}

async function answer(request: HttpRequest, vm: MicroVm, log: Log): Promise<HttpAnswer> {
  const body = request.body ? ` with body ${JSON.stringify(request.body.toString('utf8'))}` : ''
  log.say('INFO', `The API server received a ${request.method} request on ${JSON.stringify(request.uri)}${body}.`)
  try {
    const operation = parseOperation(request)
    const value = await vm.handle(operation)
    const deprecated = operation.deprecated ? { deprecated: true } : {}
    return value === undefined ? { status: 204, ...deprecated } : { status: 200, body: JSON.stringify(value), ...deprecated }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    log.say('ERROR', `Received Error. Status code: ${error.status}. Message: ${error.message}`)
    return { status: error.status, body: JSON.stringify({ fault_message: error.message }) }
  }
}

async function boot(config: VmConfig, log: Log) {
  const agentSocket = `firecracker-stand-in-${process.pid}`
  const port = Number(/banger\.channel=vsock:(\d+)/.exec(config.bootSource?.boot_args ?? '')?.[1] ?? 0)
  const guest = await bootGuest(config, agentSocket, {
    onReset: () => {
      log.say('INFO', 'Firecracker exiting successfully. exit_code=0')
      process.exit(0)
    },
    onLost: (why) => {
      log.say('ERROR', `The guest's QEMU ended: ${why}`)
      process.exit(exitCodes.generic)
    },
  })
  if (config.vsock) serveVsock(config.vsock.server, port, agentSocket)
  return guest
}

async function bootFromFile(file: string, vm: MicroVm, log: Log): Promise<void> {
  const config = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
  const put = async (path: string, body: unknown): Promise<void> => {
    const operation = parseOperation({ method: 'PUT', uri: path, body: Buffer.from(JSON.stringify(body)) })
    await vm.handle(operation)
  }
  try {
    for (const part of parts) if (config[part]) await put(`/${part}`, config[part])
    for (const drive of (config.drives ?? []) as Body[]) await put(`/drives/${String(drive.drive_id)}`, drive)
    for (const card of (config['network-interfaces'] ?? []) as Body[])
      await put(`/network-interfaces/${String(card.iface_id)}`, card)
    await put('/actions', { action_type: 'InstanceStart' })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.say('ERROR', `Failed to build MicroVM from Json: ${why}`)
    throw new Error(`BuildMicroVMFromJson(${why})`, { cause: error })
  }
}

function end(code: number, why: string): never {
  process.stderr.write(`Error: ${why}\n`)
  process.exit(code)
}
