import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { InFlight, watchServer } from '../../src/daemon/in-flight.ts'

describe('what the daemon is in the middle of', () => {
  it('is named once each, and no longer when it has ended', () => {
    const inFlight = new InFlight()
    const ends = [inFlight.begin('exec in one'), inFlight.begin('exec in one'), inFlight.begin('creating a VM')]
    expect(inFlight.list()).toEqual(['exec in one', 'creating a VM'])
    for (const end of ends) end()
    expect(inFlight.list()).toEqual([])
  })

  it('is waited for, also what begins in the meantime, and what comes to its end twice', async () => {
    const inFlight = new InFlight()
    const end = inFlight.begin('exec in one')
    let idle = 0
    inFlight.whenIdle(() => idle++)
    const endOther = inFlight.begin('creating a VM')
    end()
    end()
    await nextTurn()
    expect(idle).toBe(0)
    endOther()
    inFlight.begin('later')()
    await nextTurn()
    expect(idle).toBe(1)
  })

  it('is nothing when nothing is under way', async () => {
    const inFlight = new InFlight()
    await new Promise<void>((resolve) => inFlight.whenIdle(resolve))
  })
})

describe('a server that is watched', () => {
  const inFlight = new InFlight()
  const held: (() => void)[] = []
  const server = createServer((_request, answer) => void held.push(() => answer.end()))
  server.on('upgrade', (_request, socket) => void held.push(() => socket.destroy()))
  watchServer(server, inFlight)
  afterEach(() => server.close())

  it('says for people what its clients have under way, until it is answered or the stream ends', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const send = (method: string, path: string, headers = {}) => {
      const sent = request({ port, host: '127.0.0.1', method, path, headers, agent: false })
      sent.on('error', () => undefined).end()
    }
    send('POST', '/v1/vms/dev%20box/exec', { connection: 'Upgrade', upgrade: 'stdio_mux_v1' })
    send('POST', '/v1/vms')
    send('GET', '/v1/vms/one/log?name=x&follow=true')
    send('POST', '/v1/plugins/x/y')
    send('POST', '/v1/vms/%E0%A4%A/stop')
    send('GET', '/v1/info')
    await until(() => held.length === 6)
    expect(inFlight.list().sort()).toEqual([
      'POST /v1/plugins/x/y',
      'a log of one',
      'creating a VM',
      'exec in dev box',
      'stopping %E0%A4%A',
    ])
    for (const end of held) end()
    await until(() => inFlight.list().length === 0)
  })
})

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
