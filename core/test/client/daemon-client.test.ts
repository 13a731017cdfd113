import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { DaemonClient } from '../../src/client/daemon-client.ts'
import { isError } from '../../src/errors.ts'
import type { ProgressEvent } from '../../src/hooks/progress.ts'
import { type FakeDaemon, fakeDaemon, fakeVm, json, operation, result } from './fake-daemon.ts'

describe('DaemonClient', () => {
  it('reads JSON answers', async () => {
    await using daemon = await fakeDaemon()
    daemon.routes['GET /v1/vms'] = (_call, response) => json(response, [fakeVm()])
    expect(await clientOf(daemon).vms()).toMatchObject([{ name: 'box' }])
  })

  it('sends bodies as JSON and names as one part of the path', async () => {
    await using daemon = await fakeDaemon()
    daemon.routes['POST /v1/vms'] = result(fakeVm())
    daemon.routes['GET /v1/vms/a%2Fb'] = (_call, response) => json(response, fakeVm())
    await clientOf(daemon).createVm({ name: 'box', memory: 512 })
    await clientOf(daemon).vm('a/b')
    expect(daemon.calls[0]).toMatchObject({ method: 'POST', body: { name: 'box', memory: 512 } })
  })

  it('throws what the daemon reports, with its code and hint', async () => {
    await using daemon = await fakeDaemon()
    const error = await clientOf(daemon)
      .vm('none')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'vm.not-found', hint: 'Look elsewhere.', status: 404 })
  })

  it('tells the version of the daemon at each answer', async () => {
    await using daemon = await fakeDaemon()
    daemon.routes['GET /v1/vms'] = (_call, response) => json(response, [])
    const versions: string[] = []
    const { socket, daemonLog } = daemon.paths
    await new DaemonClient({ socket, log: daemonLog, onVersion: (version) => versions.push(version) }).vms()
    expect(versions).toEqual(['0.1.0'])
  })

  it('asks once more when a dying daemon took the question, but never repeats an order', async () => {
    await using daemon = await fakeDaemon()
    let asked = 0
    daemon.routes['GET /v1/vms'] = (_call, response, request) => {
      if (asked++ === 0) request.socket.destroy()
      else json(response, [fakeVm()])
    }
    daemon.routes['DELETE /v1/images/x'] = (_call, _response, request) => void request.socket.destroy()
    expect(await clientOf(daemon).vms()).toHaveLength(1)
    await expect(clientOf(daemon).deleteImage('x')).rejects.toMatchObject({ code: 'daemon.lost' })
    expect(daemon.calls.map(({ method }) => method)).toEqual(['GET', 'GET', 'DELETE'])
  })

  describe('operations', () => {
    it('hand on progress, however the lines are cut, and return the result', async () => {
      await using daemon = await fakeDaemon()
      daemon.routes['POST /v1/vms'] = async (_call, response) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' })
        const lines = `${JSON.stringify({ type: 'progress', event: step('Ünpacking') })}\n${JSON.stringify({ type: 'result', value: fakeVm() })}`
        for (const byte of Buffer.from(lines)) response.write(Buffer.of(byte))
        response.end()
      }
      const events: ProgressEvent[] = []
      const vm = await clientOf(daemon).createVm({}, { progress: (event) => events.push(event) })
      expect(events.map(({ message }) => message)).toEqual(['Ünpacking'])
      expect(vm.name).toBe('box')
    })

    it('throw the error of their last line', async () => {
      await using daemon = await fakeDaemon()
      daemon.routes['POST /v1/vms'] = (_call, response) => {
        const answer = operation(response)
        answer.send({ type: 'progress', event: step('Booting') })
        answer.send({ type: 'error', error: { code: 'vm.boot-failed', message: 'It did not boot.', hint: 'See there.' } })
        answer.end()
      }
      await expect(clientOf(daemon).createVm({})).rejects.toMatchObject({ code: 'vm.boot-failed', hint: 'See there.' })
    })

    it('throw the error of an ordinary answer, too', async () => {
      await using daemon = await fakeDaemon()
      await expect(clientOf(daemon).startVm('none')).rejects.toMatchObject({ code: 'vm.not-found' })
    })

    it('end with daemon.lost when the stream ends without a result', async () => {
      await using daemon = await fakeDaemon()
      daemon.routes['POST /v1/vms'] = (_call, response) => operation(response).end()
      await expect(clientOf(daemon).createVm({})).rejects.toMatchObject({ code: 'daemon.lost' })
    })

    it('end with daemon.lost when the daemon dies in between', async () => {
      await using daemon = await fakeDaemon()
      daemon.routes['POST /v1/vms'] = (_call, response) => operation(response).send({ type: 'progress', event: step('Booting') })
      const progress = (): void => void daemon.stop()
      await expect(clientOf(daemon).createVm({}, { progress })).rejects.toMatchObject({ code: 'daemon.lost' })
    })

    it('close the connection and end with aborted when their signal says so', async () => {
      await using daemon = await fakeDaemon()
      const closed = new Promise<void>((resolve) => {
        daemon.routes['POST /v1/vms'] = (_call, response) => {
          response.once('close', () => resolve())
          operation(response).send({ type: 'progress', event: step('Booting') })
        }
      })
      const controller = new AbortController()
      const creating = clientOf(daemon).createVm({}, { signal: controller.signal, progress: () => controller.abort() })
      await expect(creating).rejects.toMatchObject({ code: 'aborted', message: expect.stringContaining('Creating the VM') })
      await closed
    })
  })

  describe('upgrade', () => {
    it('gives a stream whose halves end by themselves', async () => {
      await using daemon = await fakeDaemon()
      daemon.upgrades['POST /v1/vms/box/dial?port=80'] = async (socket) => {
        const asked = await text(socket)
        socket.write(asked.toUpperCase())
        socket.end()
      }
      const connection = await clientOf(daemon).dial('box', 80)
      connection.end('hello')
      expect(await text(connection)).toBe('HELLO')
    })

    it('loses no byte that comes with the answer', async () => {
      await using daemon = await fakeDaemon()
      daemon.upgrades['POST /v1/vms/box/exec'] = (socket) => void socket.end('early')
      const connection = await clientOf(daemon).exec('box', { argv: ['true'] })
      expect(await text(connection)).toBe('early')
    })

    it('throws what the daemon answers in its place', async () => {
      await using daemon = await fakeDaemon()
      await expect(clientOf(daemon).exec('box', { argv: ['true'] })).rejects.toMatchObject({ code: 'vm.not-running' })
    })
  })

  describe('without a daemon', () => {
    it('throws daemon.not-running for a missing and for a dead socket', async () => {
      await using daemon = await fakeDaemon()
      await expect(new DaemonClient({ socket: `${daemon.paths.socket}.none`, log: '' }).vms()).rejects.toMatchObject({
        code: 'daemon.not-running',
      })
      const left = await deadSocket(daemon)
      await expect(new DaemonClient({ socket: left, log: '' }).vms()).rejects.toMatchObject({ code: 'daemon.not-running' })
    })

    it('starts one and sends the request again', async () => {
      await using daemon = await fakeDaemon()
      let ready: FakeDaemon | undefined
      daemon.routes['GET /v1/vms'] = (_call, response) => json(response, [])
      const socket = `${daemon.paths.socket}.later`
      const { symlink } = await import('node:fs/promises')
      const start = async (): Promise<void> => {
        ready = daemon
        await symlink(daemon.paths.socket, socket)
      }
      expect(await new DaemonClient({ socket, log: '', start }).vms()).toEqual([])
      expect(ready).toBe(daemon)
    })

    it('reports why it could not be started', async () => {
      const start = (): Promise<void> => Promise.reject(Object.assign(new Error('no'), { code: 'daemon.start-failed' }))
      const error = await new DaemonClient({ socket: '/nowhere/s', log: '', start }).vms().catch((thrown: unknown) => thrown)
      expect(isError(error, 'daemon.start-failed')).toBe(true)
    })
  })
})

function clientOf(daemon: FakeDaemon): DaemonClient {
  return new DaemonClient({ socket: daemon.paths.socket, log: daemon.paths.daemonLog })
}

function step(message: string): ProgressEvent {
  return { id: 'step', message, state: 'running' }
}

/** A socket file whose listener was killed. */
async function deadSocket(daemon: FakeDaemon): Promise<string> {
  const { spawn } = await import('node:child_process')
  const path = `${daemon.paths.socket}.dead`
  const child = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ])
  await once(child, 'exit')
  return path
}
