import type { Duplex, Readable } from 'node:stream'
import { Readable as ReadableStream } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail } from '../errors.ts'
import { encodeEntry, entryOf, type WorktreeEntry } from './worktree-entry.ts'
import { WorktreeReader } from './worktree-reader.ts'

/** Characters of a request's body that are sent at once. */
const pieceSize = 256 * 1024

/** A folder of the guest that is kept in step with one of the host. docs/guest-channel.md has the requests. */
export class AgentWorktree {
  readonly #request: (method: string, path: string) => Duplex
  readonly #vm: string

  /** @param vm its name, for errors */
  constructor(request: (method: string, path: string) => Duplex, vm: string) {
    this.#request = request
    this.#vm = vm
  }

  /**
   * Makes the guest's folder have what the stream of entries and their contents says.
   * @param options.readonly whether it can't be written in the guest from then on
   * @returns the stamps of the files and links, in the stream's order
   */
  async write(folder: string, entries: Readable, options: { readonly: boolean; signal?: AbortSignal }): Promise<string[]> {
    const stream = this.#request('PUT', `${target(folder)}&readonly=${options.readonly}`)
    using _ = destroyOnAbort(stream, options.signal)
    // What the agent answers explains a broken upload best; the upload's own error stands where there is no answer.
    const [received, sent] = await Promise.allSettled([readText(stream), pipeline(entries, stream)])
    if (received.status === 'fulfilled') return received.value.split('\n').slice(0, -1)
    throw sent.status === 'rejected' && entries.errored ? entries.errored : received.reason
  }

  /**
   * What is otherwise in the guest's folder: known files and links with another stamp (with their hash) or gone, and
   * what is not known in the known folders.
   * @param hash git's object format
   */
  async changes(
    folder: string,
    hash: 'sha1' | 'sha256',
    known: Iterable<WorktreeEntry>,
    signal?: AbortSignal,
  ): Promise<WorktreeEntry[]> {
    const stream = this.#request('POST', `${target(folder, '/changes')}&hash=${hash}`)
    using _ = destroyOnAbort(stream, signal)
    const [received, sent] = await Promise.allSettled([
      this.#readEntries(stream),
      pipeline(ReadableStream.from(pieces(known)), stream),
    ])
    if (received.status === 'fulfilled') return received.value
    throw received.reason ?? sent
  }

  /**
   * Reads files and links of the guest, in the order of the paths. Every entry's content must be read before the next.
   * @throws guest.refused when the guest's answer is not what was asked for
   */
  async *read(
    folder: string,
    paths: Iterable<string>,
    signal?: AbortSignal,
  ): AsyncGenerator<{ entry: WorktreeEntry; content: AsyncIterable<Buffer> }> {
    const stream = this.#request('POST', target(folder, '/read'))
    using _ = destroyOnAbort(stream, signal)
    const wanted = [...paths]
    stream.end(wanted.map((path) => encodeEntry(entryOf('file', path))).join(''), 'latin1')
    const reader = new WorktreeReader(stream)
    for (const path of wanted) {
      const entry = await this.#guarded(() => reader.next())
      if (entry?.path !== path) throw this.#nonsense()
      yield { entry, content: reader.content(entry.size) }
    }
  }

  async #readEntries(stream: Duplex): Promise<WorktreeEntry[]> {
    const entries: WorktreeEntry[] = []
    const reader = new WorktreeReader(stream)
    for (;;) {
      const entry = await this.#guarded(() => reader.next())
      if (!entry) return entries
      entries.push(entry)
    }
  }

  async #guarded<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      throw error instanceof RangeError ? this.#nonsense(error) : error
    }
  }

  #nonsense(cause?: unknown): Error {
    return fail('guest.refused', { name: this.#vm, reason: 'its answer about the worktree makes no sense' }, cause)
  }
}

function target(folder: string, of = ''): string {
  return `/v1/worktree${of}?path=${encodeURIComponent(folder)}`
}

function* pieces(entries: Iterable<WorktreeEntry>): Generator<Buffer> {
  let text = ''
  for (const entry of entries) {
    text += encodeEntry(entry)
    if (text.length < pieceSize) continue
    yield Buffer.from(text, 'latin1')
    text = ''
  }
  yield Buffer.from(text, 'latin1')
}

/** Events, not `for await`: an iterator destroys the stream when it is done, with a request's body still under way. */
function readText(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream
      .on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
      })
      .once('end', () => resolve(text))
      .once('error', reject)
  })
}

function destroyOnAbort(stream: Duplex, signal: AbortSignal | undefined): Disposable {
  const onAbort = (): void => void stream.destroy(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', onAbort) }
}
