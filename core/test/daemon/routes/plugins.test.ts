import { expect, test } from 'vitest'
import { pluginRoutes } from '../../../src/daemon/routes/plugins.ts'
import { createServer } from '../../../src/daemon/server.ts'
import { fail, type PluginRequest } from '../../../src/index.ts'
import { silentLog } from '../../fakes.ts'

function serve(handle: (request: PluginRequest) => unknown) {
  const server = createServer(silentLog)
  pluginRoutes(server, '@them/jobs')({ method: 'POST', path: '/jobs/:job', handle })
  return server.inject({ method: 'POST', url: '/v1/plugins/@them/jobs/jobs/7?force=true', payload: { retries: 2 } })
}

test("a plugin's route gets what was asked and answers with JSON, below the plugin's name", async () => {
  const answer = await serve((request) => request)
  expect(answer.json()).toEqual({ params: { job: '7' }, query: { force: 'true' }, body: { retries: 2 } })
})

test("a plugin's route that returns nothing answers with an empty object", async () => {
  expect((await serve(() => undefined)).json()).toEqual({})
})

test("what a plugin's route throws is the answer's error, with its status", async () => {
  const answer = await serve(async () => Promise.reject(fail('vm.not-found', { name: 'box' })))
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({ code: 'vm.not-found', message: 'There is no VM named "box".' })
})
