import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { fail, toBangerError } from '../../errors.ts'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { endEphemeral, keepEphemeral } from '../../lifecycle/ephemeral.ts'
import { agentOf } from './guest.ts'

/** Requests that become byte streams: exec (stdio_mux_v1) and dial (a TCP connection in the guest). */
export function upgradeRoutes(server: FastifyInstance, engine: Engine): void {
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    try {
      const { path, query, vm } = target(request)
      if (head.length > 0) socket.unshift(head)
      if (path === 'exec') exec(engine, vm, socket)
      else if (path === 'dial') dial(engine, vm, Number(query.get('port')), socket)
      else throw fail('usage', { reason: `The daemon knows no upgrade of ${request.url}.` })
    } catch (error) {
      refuse(socket, error)
    }
  })
}

/** An ephemeral VM lives as long as its first command. */
function exec(engine: Engine, name: string, socket: Duplex): void {
  const vm = findVm(engine, name)
  const stream = agentOf(engine, name).exec()
  keepEphemeral(vm)
  stream.once('close', engine.activity.begin(vm.id, 'exec'))
  accept(socket, 'stdio_mux_v1')
  join(socket, stream)
  // The end of stdin is a frame. A client that is gone looks like one that ended its half, until something is written to it.
  socket.once('end', () => stream.destroy())
  if (vm.ephemeral) stream.once('close', () => void endEphemeral(engine, vm))
}

function dial(engine: Engine, name: string, port: number, socket: Duplex): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw fail('usage', { reason: 'port: must be a number from 1 to 65535' })
  const stream = agentOf(engine, name).dial(port)
  stream.once('close', engine.activity.begin(findVm(engine, name).id, `connection to port ${port}`))
  const onRefused = (error: Error): void => refuse(socket, error)
  const onGone = (): void => void stream.destroy()
  stream.once('error', onRefused)
  socket.once('close', onGone)
  stream.once('accepted', () => {
    stream.off('error', onRefused)
    accept(socket, 'tcp')
    join(socket, stream)
  })
}

/** Both directions with back-pressure and half-close; when one side breaks, the other is ended too. */
function join(socket: Duplex, stream: Duplex): void {
  socket.pipe(stream)
  stream.pipe(socket)
  stream.once('error', () => socket.destroy())
  stream.once('close', () => {
    if (!stream.readableEnded) socket.destroy()
  })
  socket.once('error', () => stream.destroy())
  socket.once('close', () => stream.destroy())
}

function target(request: IncomingMessage): { path: string; vm: string; query: URLSearchParams } {
  const url = new URL(request.url ?? '/', 'http://daemon')
  const match = /^\/v1\/vms\/([^/]+)\/(exec|dial)$/.exec(url.pathname)
  return { path: match?.[2] ?? '', vm: decodeURIComponent(match?.[1] ?? ''), query: url.searchParams }
}

function accept(socket: Duplex, protocol: string): void {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`)
}

function refuse(socket: Duplex, error: unknown): void {
  const known = toBangerError(error)
  const body = JSON.stringify(known.toJSON())
  socket.end(
    `HTTP/1.1 ${known.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
