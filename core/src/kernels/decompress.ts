import { createGunzip, createZstdDecompress } from 'node:zlib'
import { PassThrough, type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Host } from '../hooks/host.ts'
import { decodeLz4Legacy, lz4LegacyMagic } from './lz4-legacy.ts'

export interface DecompressOptions {
  /** Bytes of output at most. */
  limit: number
  host: Host
  signal?: AbortSignal
}

type Decoder = (input: Buffer, options: DecompressOptions) => Promise<Buffer>

interface Format {
  name: string
  magic: Buffer
  /** undefined: known by name alone. */
  decode?: Decoder
}

const formats: Format[] = [
  { name: 'gzip', magic: bytes(0x1f, 0x8b), decode: (input, options) => throughStream(input, createGunzip(), options) },
  {
    name: 'zstd',
    magic: bytes(0x28, 0xb5, 0x2f, 0xfd),
    decode: (input, options) => throughStream(input, createZstdDecompress(), options),
  },
  { name: 'lz4', magic: lz4LegacyMagic, decode: async (input, options) => decodeLz4Legacy(input, options.limit) },
  { name: 'xz', magic: bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), decode: throughProgram('xz', ['--decompress', '--stdout']) },
  { name: 'lzma', magic: bytes(0x5d, 0, 0), decode: throughProgram('xz', ['--format=lzma', '--decompress', '--stdout']) },
  { name: 'bzip2', magic: bytes(0x42, 0x5a, 0x68), decode: throughProgram('bzip2', ['--decompress', '--stdout']) },
  { name: 'lzo', magic: bytes(0x89, 0x4c, 0x5a) },
]

/** The compression that a file's first bytes stand for, if any. */
export function compressionOf(head: Buffer): string | undefined {
  return find(head)?.name
}

/**
 * Unpacks by magic number: gzip and zstd (Node's own), LZ4 legacy frames, and xz, lzma and bzip2 by the host's programs.
 * @throws RangeError when the output would pass `limit`, and whatever the decoder says about damaged input
 * @throws tool.missing when the host lacks the program
 */
export async function decompress(input: Buffer, options: DecompressOptions): Promise<Buffer> {
  const format = find(input)
  if (!format) throw new RangeError('the compression is unknown')
  if (!format.decode) throw new RangeError(`${format.name} compression is not supported`)
  return format.decode(input, options)
}

function find(head: Buffer): Format | undefined {
  return formats.find(({ magic }) => head.subarray(0, magic.length).equals(magic))
}

function bytes(...values: number[]): Buffer {
  return Buffer.from(values)
}

async function throughStream(input: Buffer, decoder: NodeJS.ReadWriteStream, options: DecompressOptions): Promise<Buffer> {
  const source = new PassThrough()
  source.end(input)
  const sink = new Collector(options.limit)
  await pipeline(source, decoder, sink, { signal: options.signal })
  return sink.result()
}

function throughProgram(program: string, args: string[]): Decoder {
  return async (input, { host, signal, limit }) => {
    const { stdout, done } = host.stream(program, args, { input, signal })
    const sink = new Collector(limit)
    // Both are awaited at once: whichever fails first must not leave the other's rejection unhandled.
    const [read, ended] = await Promise.allSettled([pipeline(stdout as Readable, sink, { signal }), done])
    if (read.status === 'rejected' && read.reason instanceof RangeError) throw read.reason
    if (ended.status === 'rejected') throw ended.reason
    if (read.status === 'rejected') throw read.reason
    return sink.result()
  }
}

class Collector extends Writable {
  #chunks: Buffer[] = []
  #length = 0
  readonly #limit: number

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#length += chunk.length
    this.#chunks.push(chunk)
    done(this.#length > this.#limit ? new RangeError(`it unpacks to more than ${this.#limit} bytes`) : undefined)
  }

  result(): Buffer {
    return Buffer.concat(this.#chunks, this.#length)
  }
}
