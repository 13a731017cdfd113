import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readLayer } from '../../src/blobs/read-layer.ts'
import { sha256 } from '../sample-image.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = temporaryFolder()
const content = Buffer.concat([randomBytes(400_000), Buffer.alloc(400_000)])
const half = content.subarray(0, 300_000)
const rest = content.subarray(300_000)
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])

/** Reads these bytes as a layer that lies in the middle of a file. */
function read(packed: Buffer, { diffId = sha256(content), digest = sha256(packed), verified = false } = {}): Promise<Buffer> {
  const path = join(mkdtempSync(join(root, 'layer-')), 'blob')
  writeFileSync(path, Buffer.concat([Buffer.alloc(700, 'before'), packed, Buffer.alloc(700, 'after')]))
  const blob = { path, start: 700, size: packed.length, verified }
  return buffer(readLayer({ blob, digest, diffId, image: 'sample', count: () => undefined }))
}

describe('a layer', () => {
  it.each([
    ['plain', content],
    ['in gzip', gzipSync(content)],
    ['in several members of gzip', Buffer.concat([gzipSync(half), gzipSync(rest)])],
    ['in zstd', zstdCompressSync(content)],
    ['in several frames of zstd', Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)])],
    [
      'in zstd with frames to skip, as zstd:chunked has',
      Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest), skippable]),
    ],
  ])('comes out whole: %s', async (_, packed) => {
    expect(sha256(await read(packed))).toBe(sha256(content))
  })

  it('comes out whole from a thousand frames', async () => {
    const pieces = Array.from({ length: 1000 }, (_, at) => content.subarray(at * 800, at * 800 + 800))
    const frames = pieces.flatMap((piece, at) => [zstdCompressSync(piece, checksum(at % 2)), skippable])
    expect(sha256(await read(Buffer.concat([skippable, ...frames])))).toBe(sha256(content))
  })

  it('may be empty', async () => {
    expect(await read(Buffer.alloc(0), { diffId: sha256(Buffer.alloc(0)) })).toHaveLength(0)
  })

  it.each([
    ['gzip that is cut off', gzipSync(content).subarray(0, -5000)],
    ['gzip that is damaged', damaged(gzipSync(content))],
    ['zstd that is cut off', zstdCompressSync(content).subarray(0, -5000)],
    ['zstd that is damaged', damaged(zstdCompressSync(content))],
    ['zstd with rubbish behind it', Buffer.concat([zstdCompressSync(content), Buffer.from('rubbish')])],
    ['zstd whose second frame is cut off', Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest).subarray(0, -9)])],
    ['plain bytes that are cut off', content.subarray(0, -1)],
  ])('is refused: %s', async (_, packed) => {
    await expect(read(packed)).rejects.toMatchObject({ code: 'blob.corrupt' })
  })

  it('is refused when its bytes are not those of its digest, though they unpack well', async () => {
    await expect(read(gzipSync(content, { level: 1 }), { digest: sha256(gzipSync(content)) })).rejects.toMatchObject({
      code: 'blob.corrupt',
    })
  })
})

function checksum(flag: number) {
  return { params: { [constants.ZSTD_c_checksumFlag]: flag } }
}

function damaged(packed: Buffer): Buffer {
  packed[100_000] = (packed[100_000] ?? 0) ^ 0xff
  return packed
}
