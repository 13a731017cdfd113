import type { FastifyInstance } from 'fastify'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { checkWorkspace, diffVmWorkspace, prepareVmWorkspace, pullVmWorkspace } from '../../lifecycle/vm-workspace.ts'
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
  server.post<VmParams>('/v1/vms/:vm/workspace/diff', async (request, reply) => {
    const vm = findVm(engine, request.params.vm)
    const body = parseBody(bodies.diffWorkspace, request.body)
    await answerOperation(request, reply, log, (live) => diffVmWorkspace(engine, vm, body, live))
  })
  server.post<VmParams>('/v1/vms/:vm/workspace/pull', async (request, reply) => {
    const vm = findVm(engine, request.params.vm)
    const body = parseBody(bodies.pullWorkspace, request.body)
    await answerOperation(request, reply, log, (live) => pullVmWorkspace(engine, vm, body, live))
  })
}
