import type { FastifyInstance } from 'fastify'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { checkWorkspace, prepareVmWorkspace } from '../../lifecycle/vm-workspace.ts'
import { bodies, parseBody } from '../bodies.ts'
import { answerOperation } from '../operation.ts'

interface VmParams {
  Params: { vm: string }
}

export function workspaceRoutes(server: FastifyInstance, engine: Engine): void {
  const { log } = engine.host
  server.post('/v1/workspaces/check', (request) => checkWorkspace(engine, parseBody(bodies.checkWorkspace, request.body)))
  server.post<VmParams>('/v1/vms/:vm/workspace/prepare', async (request, reply) => {
    const vm = findVm(engine, request.params.vm)
    const body = parseBody(bodies.prepareWorkspace, request.body)
    await answerOperation(request, reply, log, (live) => prepareVmWorkspace(engine, vm, body, live))
  })
}
