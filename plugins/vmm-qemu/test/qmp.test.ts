import { duplexPair, type Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { Qmp } from '../src/qmp.ts'

interface Request {
  execute: string
  arguments: unknown
  id: number
}

/** A QEMU whose answers a test decides. Returning nothing leaves a command unanswered. */
function fakeQemu(answer: (request: Request, socket: Duplex) => object | undefined): Duplex {
  const [client, server] = duplexPair()
  server.write('{"QMP": {"version": {}, "capabilities": []}}\r\n')
  server.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const request = JSON.parse(line) as Request
      const value = request.execute === 'qmp_capabilities' ? { return: {} } : answer(request, server)
      if (value) server.write(`${JSON.stringify({ ...value, id: request.id })}\r\n`)
    }
  })
  server.on('error', () => {})
  return client
}

describe('the control connection', () => {
  test('matches answers to commands by their id, in whatever order they come', async () => {
    const held: number[] = []
    const qmp = await Qmp.open(
      fakeQemu((request, socket) => {
        held.push(request.id)
        if (held.length === 2)
          for (const id of held.reverse()) socket.write(`${JSON.stringify({ return: `answer ${id}`, id })}\n`)
        return undefined
      }),
    )
    expect(await Promise.all([qmp.execute('one'), qmp.execute('two')])).toEqual(['answer 2', 'answer 3'])
  })

  test('gives QEMU’s words when it refuses', async () => {
    const qmp = await Qmp.open(fakeQemu(() => ({ error: { class: 'GenericError', desc: 'nothing to resume' } })))
    await expect(qmp.execute('cont')).rejects.toThrow('QEMU refused: nothing to resume')
  })

  test('passes events on', async () => {
    const qmp = await Qmp.open(
      fakeQemu((_, socket) => {
        socket.write('{"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}, "timestamp": {}}\n')
        return { return: {} }
      }),
    )
    const events: unknown[] = []
    qmp.on('event', (name, data) => events.push([name, data]))
    await qmp.execute('system_powerdown')
    expect(events).toEqual([['SHUTDOWN', { guest: true, reason: 'guest-shutdown' }]])
  })

  test('fails what waits when it closes, and says so once', async () => {
    const qmp = await Qmp.open(fakeQemu((_, socket) => void socket.destroy()))
    let closes = 0
    qmp.on('close', () => closes++)
    await expect(qmp.execute('quit')).rejects.toThrow('QEMU closed its control socket')
    await expect(qmp.execute('quit')).rejects.toThrow('QEMU closed its control socket')
    expect([closes, qmp.closed]).toEqual([1, true])
  })

  test('does not wait for ever', async () => {
    const qmp = await Qmp.open(fakeQemu(() => undefined))
    await expect(qmp.execute('stop', {}, 20)).rejects.toThrow('QEMU did not send an answer to stop within 0.02 s')
    await expect(Qmp.open(duplexPair()[0], 20)).rejects.toThrow('QEMU did not send its greeting within 0.02 s')
  })

  test('passes over what is no message', async () => {
    const qmp = await Qmp.open(
      fakeQemu((_, socket) => {
        socket.write('garbage\n[]\nnull\n7\n')
        return { return: 'fine' }
      }),
    )
    expect(await qmp.execute('query-status')).toBe('fine')
  })
})
