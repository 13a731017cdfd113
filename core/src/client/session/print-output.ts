import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { fail } from '../../errors.ts'
import { decodeOffset, FrameDecoder, streamId } from '../../protocol/stdio-mux.ts'
import { type Outlet, writeThrough } from '../terminal/write-through.ts'
import { mayPass, patience, retryEvery, sleep } from './may-pass.ts'
import { OutputPosition } from './output-position.ts'
import type { SessionsClient } from './sessions-client.ts'

export interface PrintOutputOptions {
  sessions: SessionsClient
  /** Name or id. */
  session: string
  /** Only this one; otherwise both, as they came. */
  stream?: 'stdout' | 'stderr'
  /** Until the session ends or the reader goes. */
  follow: boolean
  output: Writable
  /** The daemon's log file, for messages. */
  log: string
  note(text: string): void
}

/** Prints what is kept of a session's output; following goes on over restarts of the daemon. */
export async function printOutput(options: PrintOutputOptions): Promise<void> {
  const { sessions, follow } = options
  const { id } = await sessions.show(options.session)
  const outlet = writeThrough(options.output)
  const position = new OutputPosition()
  position.current = 0
  let brokenSince: number | undefined
  while (!outlet.closed) {
    const before: number | undefined = position.current
    try {
      const answer = await sessions.output(id, position.current ?? 0, follow)
      await print(answer, outlet, position, options)
      await outlet.drained()
      return
    } catch (error) {
      if (!follow || !mayPass(error)) throw error
      if (brokenSince === undefined || position.current !== before) brokenSince = Date.now()
      if (Date.now() > brokenSince + patience) throw error
    }
    await sleep(retryEvery)
  }
}

async function print(answer: IncomingMessage, outlet: Outlet, position: OutputPosition, options: PrintOutputOptions) {
  const wanted = options.stream ? [streamId[options.stream]] : [streamId.stdout, streamId.stderr]
  const decoder = new FrameDecoder()
  try {
    for await (const chunk of answer) {
      for (const { id, payload } of decoder.push(chunk as Buffer)) {
        if (id === streamId.position) {
          const missing = position.arrive(decodeOffset(payload) ?? 0)
          if (missing > 0) options.note(`${missing} bytes of output are not kept any more.`)
        } else if (wanted.some((each) => each === id)) await outlet.write(payload)
        position.pass(id, payload)
      }
      if (outlet.closed) return
    }
  } catch (error) {
    throw fail('daemon.lost', { log: options.log }, error)
  }
}
