import { PassThrough, type Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fail } from '../../errors.ts'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { agentOf } from './guest.ts'

interface FileParams {
  Params: { vm: string }
  Querystring: { path?: string }
}

/** Files in and out of a running guest, streamed. */
export function fileRoutes(server: FastifyInstance, engine: Engine): void {
  for (const type of ['application/x-tar', 'application/octet-stream'])
    server.addContentTypeParser(type, (_request, payload, done) => done(null, payload))

  server.get<FileParams>('/v1/vms/:vm/stat', (request) => agentOf(engine, request.params.vm).statFile(pathOf(request)))

  server.get<FileParams>('/v1/vms/:vm/files', async (request, reply) => {
    const stream = agentOf(engine, request.params.vm).getFiles(pathOf(request))
    stream.once('close', engine.activity.begin(findVm(engine, request.params.vm).id, 'copy'))
    await new Promise<void>((resolve, reject) => stream.once('accepted', resolve).once('error', reject))
    return reply.type('application/x-tar').send(stream)
  })

  server.put<FileParams>('/v1/vms/:vm/files', (request) =>
    upload(engine, request, (body) => agentOf(engine, request.params.vm).putFiles(pathOf(request), body)),
  )

  server.put<FileParams>('/v1/vms/:vm/file', (request) =>
    upload(engine, request, (body) => agentOf(engine, request.params.vm).putFile(pathOf(request), body)),
  )
}

function pathOf(request: FastifyRequest<FileParams>): string {
  const { path } = request.query
  if (!path?.startsWith('/')) throw fail('usage', { reason: 'path: must be an absolute path of the guest' })
  return path
}

/** A refusal must reach a client that is still sending: the request is read on, and its body thrown away. */
async function upload<T>(engine: Engine, request: FastifyRequest<FileParams>, send: (body: Readable) => Promise<T>): Promise<T> {
  const end = engine.activity.begin(findVm(engine, request.params.vm).id, 'copy')
  const { raw } = request
  const body = new PassThrough()
  raw.once('error', (error) => body.destroy(error))
  raw.pipe(body)
  try {
    return await send(body)
  } finally {
    end()
    raw.unpipe(body)
    raw.resume()
  }
}
