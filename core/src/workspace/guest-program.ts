import { BangerError, isError } from '../errors.ts'
import type { AgentClient } from '../guest/agent-client.ts'
import type { ExecExit, ExecStart } from '../guest/messages.ts'
import { encodeFrame, encodeJson, FrameDecoder, streamId } from '../protocol/stdio-mux.ts'

export interface ProgramOptions {
  /** Gets its stdout as it comes; waited for. */
  onStdout?: (bytes: Buffer) => void | Promise<void>
  signal?: AbortSignal
}

/** Bytes of stderr that are kept. */
const kept = 4096

/**
 * Runs a program in the guest to its end, with nothing on its stdin.
 * @throws guest.command-not-found, guest.command-failed, guest.unreachable, …
 */
export async function runInGuest(
  agent: AgentClient,
  start: ExecStart,
  { onStdout, signal }: ProgramOptions = {},
): Promise<{ code: number; stderr: string }> {
  const stream = agent.exec()
  const onAbort = (): void => void stream.destroy(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  stream.write(encodeJson(streamId.start, start))
  stream.end(encodeFrame(streamId.stdin))
  const decoder = new FrameDecoder()
  let stderr = ''
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (const { id, payload } of decoder.push(chunk)) {
        if (id === streamId.stdout) await onStdout?.(payload)
        else if (id === streamId.stderr) stderr = (stderr + payload.toString()).slice(-kept)
        else if (id === streamId.exit) return { code: (JSON.parse(payload.toString()) as ExecExit).code, stderr }
        else if (id === streamId.error) throw new BangerError(JSON.parse(payload.toString()) as { code: string; message: string })
      }
    }
    return { code: -1, stderr }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stream.destroy()
  }
}

/** Whether the guest finds a program, by running it with `--version`. */
export async function hasProgram(agent: AgentClient, program: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await runInGuest(agent, { argv: [program, '--version'] }, signal ? { signal } : {})
    return true
  } catch (error) {
    if (isError(error, 'guest.command-not-found')) return false
    throw error
  }
}
