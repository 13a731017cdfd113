import type { FastifyInstance } from 'fastify'
import { availableKernels, importKernel, pullKernel } from '../../lifecycle/add-kernel.ts'
import { deleteKernel } from '../../lifecycle/delete-artifacts.ts'
import type { Engine } from '../../lifecycle/engine.ts'
import { findKernel } from '../../lifecycle/find.ts'
import { bodies, parseBody } from '../bodies.ts'
import { answerOperation } from '../operation.ts'

interface KernelParams {
  Params: { kernel: string }
}

export function kernelRoutes(server: FastifyInstance, engine: Engine): void {
  const { log } = engine.host
  server.get('/v1/kernels', () => engine.store.kernels.all())
  server.get('/v1/kernels/available', (request, reply) =>
    answerOperation(request, reply, log, (live) => availableKernels(engine, live)),
  )
  server.get<KernelParams>('/v1/kernels/:kernel', (request) => findKernel(engine, request.params.kernel))
  server.post('/v1/kernels/pull', async (request, reply) => {
    const body = parseBody(bodies.pullKernel, request.body)
    await answerOperation(request, reply, log, (live) => pullKernel(engine, body, live))
  })
  server.post('/v1/kernels/import', async (request, reply) => {
    const body = parseBody(bodies.importKernel, request.body)
    await answerOperation(request, reply, log, (live) => importKernel(engine, body, live))
  })
  server.delete<KernelParams>('/v1/kernels/:kernel', async (request) => {
    await deleteKernel(engine, request.params.kernel, { signal: new AbortController().signal, progress: () => undefined })
    return {}
  })
}
