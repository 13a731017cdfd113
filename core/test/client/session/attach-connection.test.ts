import { readFileSync } from 'node:fs'
import { duplexPair, PassThrough, type Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { attachConnection, type Place } from '../../../src/client/session/attach-connection.ts'
import { InputWindow } from '../../../src/client/session/input-window.ts'
import { OutputPosition } from '../../../src/client/session/output-position.ts'
import { writeThrough } from '../../../src/client/terminal/write-through.ts'
import { encodeFrame, encodeJson, encodeOffset, type Frame, FrameDecoder, streamId } from '../../../src/protocol/stdio-mux.ts'

/** The bytes of a golden conversation, which the agent's tests read too. */
function golden(name: string): Buffer {
  const file = new URL(`../../../../agent/testdata/frames/${name}.hex`, import.meta.url)
  return Buffer.from(readFileSync(file, 'utf8').replaceAll('\n', ''), 'hex')
}

function aPlace(): Place & { out: PassThrough; err: PassThrough; missing: number[] } {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const missing: number[] = []
  return {
    session: 'planner',
    who: { token: '0123456789abcdef0123456789abcdef', pid: 4242, command: 'banger vm session attach box planner' },
    input: new InputWindow(),
    position: new OutputPosition(),
    stdout: writeThrough(out),
    stderr: writeThrough(err),
    sendInput: () => undefined,
    onRoom: () => undefined,
    onMissing: (bytes) => void missing.push(bytes),
    out,
    err,
    missing,
  }
}

/** All that a client sends until it hangs up. */
async function frames(socket: Duplex): Promise<Frame[]> {
  const decoder = new FrameDecoder()
  const seen: Frame[] = []
  for await (const chunk of socket) seen.push(...decoder.push(chunk as Buffer))
  return seen
}

const attached = { stdin: 0, stdinTaken: 0, stdinEnded: false, stdinWindow: 1024 }

test('the golden session is attached to with the golden frames', async () => {
  const [socket, session] = duplexPair()
  const place = aPlace()
  place.input.add(Buffer.from('{"id":1}\n'))
  place.input.add(undefined)
  const sent = frames(session)
  const { ended } = attachConnection(socket, place, 'log')
  session.write(golden('attach-session'))
  expect(await ended).toEqual({ code: 0 })
  place.out.end()
  expect(await text(place.out)).toBe('{"id":1}\n')
  const wanted = new FrameDecoder().push(golden('attach-client'))
  // How often output is confirmed is the client's affair; the last time is all of it.
  const seen = (await sent).filter(({ id, payload }) => id !== streamId.ack || payload.equals(wanted.at(-1)?.payload ?? payload))
  expect(seen).toEqual(wanted.filter(({ id }, index) => id !== streamId.ack || index === wanted.length - 1))
})

test('the golden refusal names the holder', async () => {
  const [socket, session] = duplexPair()
  const { ended } = attachConnection(socket, aPlace(), 'log')
  session.end(golden('attach-refused'))
  await expect(ended).rejects.toMatchObject({
    code: 'session.attached',
    message: expect.stringContaining('pid 4242 (banger vm session attach box planner)'),
    hint: expect.stringContaining('vm session logs'),
  })
})

test('a broken connection is daemon.lost, and the next one goes on behind the last whole frame', async () => {
  const place = aPlace()
  const [first, session] = duplexPair()
  const { ended } = attachConnection(first, place, 'log')
  session.write(
    Buffer.concat([
      encodeJson(streamId.attached, attached),
      encodeOffset(streamId.position, 100),
      encodeFrame(streamId.stdout, Buffer.from('whole')),
      encodeFrame(streamId.stderr, Buffer.from('cut off')).subarray(0, 8),
    ]),
  )
  session.end()
  await expect(ended).rejects.toMatchObject({ code: 'daemon.lost' })
  const [second, again] = duplexPair()
  const sent = frames(again)
  attachConnection(second, place, 'log').leave()
  again.end()
  expect(JSON.parse(String((await sent)[0]?.payload))).toMatchObject({ token: place.who.token, from: 110 })
})

test('input that has not arrived is sent again, and stdin is read on though all of it had arrived', async () => {
  const place = aPlace()
  let rooms = 0
  place.onRoom = () => void (rooms += 1)
  const [first, session] = duplexPair()
  const { ended } = attachConnection(first, place, 'log')
  session.write(encodeJson(streamId.attached, attached))
  place.input.add(Buffer.from('abcdef'))
  session.end()
  await expect(ended).rejects.toMatchObject({ code: 'daemon.lost' })
  const [second, again] = duplexPair()
  const sent = frames(again)
  const connection = attachConnection(second, place, 'log')
  again.write(encodeJson(streamId.attached, { ...attached, stdin: 4, stdinTaken: 4 }))
  await expect.poll(() => rooms).toBe(2)
  connection.leave()
  again.end()
  expect((await sent)[1]).toEqual({ id: streamId.stdin, payload: Buffer.from('ef') })
})

test('output that is missing is told, and input that somebody else has sent is an error', async () => {
  const place = aPlace()
  place.position.current = 50
  const [socket, session] = duplexPair()
  const { ended } = attachConnection(socket, place, 'log')
  session.write(Buffer.concat([encodeJson(streamId.attached, attached), encodeOffset(streamId.position, 75)]))
  session.write(encodeJson(streamId.attached, { ...attached, stdin: 9 }))
  await expect(ended).rejects.toMatchObject({ code: 'session.taken-over' })
  expect(place.missing).toEqual([25])
})

test('who leaves has confirmed what was written', async () => {
  const place = aPlace()
  const [socket, session] = duplexPair()
  const sent = frames(session)
  const connection = attachConnection(socket, place, 'log')
  session.write(
    Buffer.concat([
      encodeJson(streamId.attached, attached),
      encodeOffset(streamId.position, 0),
      encodeFrame(streamId.stdout, Buffer.from('hello')),
    ]),
  )
  await expect.poll(() => place.position.current).toBe(10)
  connection.leave()
  session.end()
  expect(await connection.ended).toBeUndefined()
  expect((await sent).at(-1)).toEqual({ id: streamId.ack, payload: encodeOffset(streamId.ack, 10).subarray(5) })
})
