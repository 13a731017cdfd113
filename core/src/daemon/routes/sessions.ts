import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Readable } from 'node:stream'
import { toBangerError } from '../../errors.ts'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { checkName, inventName } from '../../lifecycle/names.ts'
import type { GuestSession, Session } from '../../protocol/session.ts'
import { bodies, parseBody } from '../bodies.ts'
import type { SessionSockets } from '../session-sockets.ts'
import { agentOf } from './guest.ts'

interface VmParams {
  Params: { vm: string }
}

interface SessionParams {
  Params: { vm: string; session: string }
}

/** Sessions of running VMs. They live in the guest: nothing of them is in the store. */
export function sessionRoutes(server: FastifyInstance, engine: Engine, sockets: SessionSockets): void {
  const sessionsOf = (vm: string) => agentOf(engine, vm).sessions
  const show = (name: string, session: GuestSession): Session => {
    const vm = findVm(engine, name)
    const socket = sockets.open(vm, session)
    return { ...session, vm: vm.name, ...(socket ? { socket } : {}) }
  }

  server.get<VmParams>('/v1/vms/:vm/sessions', async ({ params: { vm } }) =>
    (await sessionsOf(vm).list()).map((session) => show(vm, session)),
  )
  server.post<VmParams>('/v1/vms/:vm/sessions', async ({ params: { vm }, body }) => {
    const { name, stdinMode = 'detached', ...rest } = parseBody(bodies.startSession, body)
    if (name !== undefined) checkName(name, 'session')
    const sessions = sessionsOf(vm)
    const taken = name === undefined ? await sessions.list() : []
    const chosen = name ?? inventName((candidate) => taken.some((session) => session.name === candidate))
    return show(vm, await sessions.start({ ...rest, name: chosen, stdinMode }))
  })

  server.get<SessionParams>('/v1/vms/:vm/sessions/:session', async ({ params: { vm, session } }) =>
    show(vm, await sessionsOf(vm).show(session)),
  )
  server.post<SessionParams>('/v1/vms/:vm/sessions/:session/stop', async ({ params: { vm, session } }) =>
    show(vm, await sessionsOf(vm).end(session, false)),
  )
  server.post<SessionParams>('/v1/vms/:vm/sessions/:session/kill', async ({ params: { vm, session } }) =>
    show(vm, await sessionsOf(vm).end(session, true)),
  )
  server.delete<SessionParams & { Querystring: { force?: string } }>('/v1/vms/:vm/sessions/:session', async (request) => {
    const { vm, session } = request.params
    const sessions = sessionsOf(vm)
    const { id } = await sessions.show(session)
    await sessions.delete(id, request.query.force === 'true')
    sockets.close(findVm(engine, vm).id, id)
    return {}
  })

  server.get<SessionParams & { Querystring: { from?: string; follow?: string } }>(
    '/v1/vms/:vm/sessions/:session/output',
    async ({ params: { vm, session }, query: { from, follow } }, reply) => {
      const output = sessionsOf(vm).output(session, Math.max(0, Number(from) || 0), follow === 'true')
      await answerFrames(reply, output)
    },
  )
}

/** Hands frames on once there are any; an answer that breaks later breaks the connection. */
function answerFrames(reply: FastifyReply, frames: Readable): Promise<void> {
  reply.hijack()
  const { raw } = reply
  raw.on('error', () => undefined)
  raw.once('close', () => frames.destroy())
  frames.once('error', (error) => {
    if (raw.headersSent) return void raw.destroy()
    const known = toBangerError(error)
    raw.writeHead(known.status, { 'content-type': 'application/json' }).end(JSON.stringify(known.toJSON()))
  })
  return new Promise((resolve) => {
    raw.once('close', resolve)
    frames.once('accepted', () => {
      raw.writeHead(200, { 'content-type': 'application/vnd.banger.stdio-mux-v1' })
      raw.flushHeaders()
      frames.pipe(raw)
    })
  })
}
