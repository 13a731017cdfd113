import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { fail } from '../../errors.ts'
import type { AgentClient } from '../../guest/agent-client.ts'
import { type Engine, findVm } from '../../lifecycle/engine.ts'
import type { SshAccess } from '../../protocol/api.ts'

interface VmParams {
  Params: { vm: string }
}

interface LogQuery {
  Querystring: { name?: string; lines?: string; follow?: string }
}

/** What a running guest tells of itself. */
export function guestRoutes(server: FastifyInstance, engine: Engine): void {
  server.get<VmParams>('/v1/vms/:vm/health', (request) => agentOf(engine, request.params.vm).health())
  server.get<VmParams>('/v1/vms/:vm/ports', (request) => agentOf(engine, request.params.vm).ports())
  server.get<VmParams>('/v1/vms/:vm/stats', (request) => agentOf(engine, request.params.vm).stats())
  server.get<VmParams & LogQuery>('/v1/vms/:vm/log', ({ params, query }, reply) => {
    const lines = query.lines === undefined ? {} : { lines: parseLines(query.lines) }
    const log = agentOf(engine, params.vm).log(query.name ?? '', { ...lines, follow: query.follow === 'true' })
    return reply.type('text/plain; charset=utf-8').send(log)
  })
  server.get<VmParams>('/v1/vms/:vm/ssh', (request) => sshAccess(engine, request.params.vm))
}

/** @throws vm.not-found, vm.not-running */
export function agentOf(engine: Engine, name: string): AgentClient {
  const vm = findVm(engine, name)
  const live = engine.live.get(vm.id)
  if (!live || vm.state !== 'running') throw fail('vm.not-running', { name: vm.name, state: vm.state })
  return live.agent
}

function parseLines(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw fail('usage', { reason: `lines: must be a number, not "${text}".` })
  return Number(text)
}

async function sshAccess(engine: Engine, name: string): Promise<SshAccess> {
  const vm = findVm(engine, name)
  const files = engine.paths.vm(vm.id)
  const [type, key] = (await readFile(`${files.hostKey}.pub`, 'utf8')).split(' ')
  return {
    user: 'root',
    identityFile: engine.sshKey.path,
    knownHostsFile: join(files.dir, 'known_hosts'),
    hostKeyAlias: `banger-${vm.name}`,
    hostKey: `${type} ${key?.trim()}`,
  }
}
