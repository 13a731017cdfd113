import { connect } from 'node:net'
import { eachJsonLine, jsonLine } from './json-lines.ts'

/** Milliseconds for an answer; generous, since the host may be busy. */
const patience = 20_000

/** A connection to the service's socket. */
export interface ControlConnection {
  /** What the service said first. */
  greeting: unknown
  send(request: unknown): void
  /** Sends and waits for the answer; answers come in order. Rejects when the connection ends before. */
  ask(request: unknown): Promise<unknown>
  end(): void
  /** Settles when it has ended, for whatever reason. */
  closed: Promise<void>
}

const gone = 'the service of the bridge does not answer'

/** @throws when nobody listens on the socket, or nobody greets */
export async function connectControl(path: string): Promise<ControlConnection> {
  const socket = connect(path)
  const waiting: PromiseWithResolvers<unknown>[] = []
  const next = (): Promise<unknown> => {
    const promised = Promise.withResolvers<unknown>()
    waiting.push(promised)
    return promised.promise
  }
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(gone))
    close()
  })
  eachJsonLine(socket, (value) => waiting.shift()?.resolve(value))
  const greeting = await next()
  return {
    greeting,
    send: (request) => void socket.write(jsonLine(request)),
    async ask(request) {
      if (socket.destroyed) throw new Error(gone)
      const answer = next()
      socket.write(jsonLine(request))
      const late = setTimeout(() => socket.destroy(), patience)
      return answer.finally(() => clearTimeout(late))
    },
    end: () => socket.destroy(),
    closed,
  }
}
