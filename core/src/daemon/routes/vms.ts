import type { FastifyInstance } from 'fastify'
import { createVm } from '../../lifecycle/create-vm.ts'
import { deleteVm } from '../../lifecycle/delete-vm.ts'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import { expireEphemeral } from '../../lifecycle/ephemeral.ts'
import { startVm } from '../../lifecycle/start-vm.ts'
import { killVm, stopVm } from '../../lifecycle/stop-vm.ts'
import type { Vm, VmEntry } from '../../protocol/model.ts'
import { bodies, parseBody } from '../bodies.ts'
import { answerOperation } from '../operation.ts'

interface VmParams {
  Params: { vm: string }
}

export function vmRoutes(server: FastifyInstance, engine: Engine): void {
  const { log } = engine.host
  server.get('/v1/vms', () =>
    engine.store.vms
      .all()
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map((vm) => vmEntry(engine, vm)),
  )
  server.get<VmParams>('/v1/vms/:vm', (request) => vmEntry(engine, findVm(engine, request.params.vm)))

  server.post('/v1/vms', async (request, reply) => {
    const body = parseBody(bodies.createVm, request.body)
    await answerOperation(request, reply, log, async (live) => {
      const vm = await createVm(engine, body, live)
      expireEphemeral(engine, vm)
      return vm
    })
  })

  for (const [verb, run] of Object.entries({ start: startVm, stop: stopVm, kill: killVm })) {
    server.post<VmParams>(`/v1/vms/:vm/${verb}`, async (request, reply) => {
      const vm = findVm(engine, request.params.vm)
      await answerOperation(request, reply, log, (live) => run(engine, vm, live))
    })
  }

  server.delete<VmParams & { Querystring: { force?: string } }>('/v1/vms/:vm', async (request, reply) => {
    const vm = findVm(engine, request.params.vm)
    const force = request.query.force === 'true'
    await answerOperation(request, reply, log, (live) => deleteVm(engine, vm, live, { force }))
  })
}

/** A VM with what is known of it only while it runs. */
function vmEntry(engine: Engine, vm: Vm): VmEntry {
  if (vm.state !== 'running') return vm
  const usage = engine.usage.get(vm.id)
  const idleSince = engine.activity.idleSince(vm.id)
  const patience = engine.config.auto_stop_stale_after
  return {
    ...vm,
    ...(usage ? { usage } : {}),
    ...(idleSince === undefined ? {} : { idleSince }),
    ...(idleSince === undefined || patience === 0 ? {} : { stopsAt: idleSince + patience }),
  }
}
