import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isError } from '../../src/errors.ts'
import { unpackKernel } from '../../src/kernels/unpack-kernel.ts'
import { hostIn } from '../fakes.ts'
import { lz4Literals, sampleBzImage, sampleRelease, sampleVmlinux } from './sample-kernel.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banger-unpack-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function unpack(content: Buffer): ReturnType<typeof unpackKernel> {
  const path = join(folder, 'kernel')
  await writeFile(path, content)
  return unpackKernel(path, { host: hostIn(folder) })
}

const vmlinux = sampleVmlinux()
const through = (program: string, ...args: string[]): Buffer => execFileSync(program, args, { input: vmlinux })

describe('unpackKernel', () => {
  test('passes an ELF vmlinux through', async () => {
    expect(await unpack(vmlinux)).toEqual({ vmlinux, release: sampleRelease })
  })

  test.each([
    ['gzip', () => sampleBzImage(gzipSync(vmlinux), undefined)],
    ['zstd', () => sampleBzImage(zstdCompressSync(vmlinux), vmlinux.length)],
    ['lz4', () => sampleBzImage(lz4Literals(vmlinux), vmlinux.length)],
    ['xz', () => sampleBzImage(through('xz', '--check=crc32', '-c'), vmlinux.length)],
    ['lzma', () => sampleBzImage(through('xz', '--format=lzma', '-c'), vmlinux.length)],
    ['bzip2', () => sampleBzImage(through('bzip2', '-c'), vmlinux.length)],
  ])('unpacks a bzImage whose payload is %s', async (_, image) => {
    expect(await unpack(image())).toEqual({ vmlinux, release: sampleRelease })
  })

  test.each<[string, Buffer]>([
    ['it is empty', Buffer.alloc(0)],
    ['it is a script', Buffer.from('#!/bin/sh\n')],
    ['it is an arm64 Image', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(54), Buffer.from('ARM\x64'), Buffer.alloc(900)])],
    ['it is a compressed EFI image', Buffer.from(`MZ\0\0zimg${'\0'.repeat(900)}`)],
    ['it is an initrd', Buffer.from(`070701${'0'.repeat(900)}`)],
    ['it is a gzip-compressed file', gzipSync(vmlinux)],
    ['it is neither an ELF file nor a bzImage', Buffer.alloc(4096, 'x')],
    ['it is a truncated ELF file', vmlinux.subarray(0, 100)],
    ['it is a truncated ELF file: a segment', vmlinux.subarray(0, 1000)],
    ['for arm64, not for x86-64', sampleVmlinux({ machine: 183 })],
    ['not of the type EXEC', sampleVmlinux({ type: 3 })],
    ['it is an ordinary program', sampleVmlinux({ segmentType: 3 })],
    ['its boot protocol 2.4 is too old', sampleBzImage(gzipSync(vmlinux), undefined, { protocol: 0x204 })],
    ['it is truncated: its header promises', sampleBzImage(gzipSync(vmlinux), undefined).subarray(0, 1100)],
    ['its zstd payload is damaged', sampleBzImage(zstdCompressSync(vmlinux).fill(0xff, 4, 20), vmlinux.length)],
    ['its zstd payload is damaged', sampleBzImage(zstdCompressSync(vmlinux), 100)],
    ['instead of', sampleBzImage(zstdCompressSync(vmlinux), vmlinux.length + 1)],
    ['it claims to unpack to', sampleBzImage(zstdCompressSync(vmlinux), 0xffffffff)],
    ['lzo compression is not supported', sampleBzImage(Buffer.from('\x89LZO rest', 'latin1'), 100)],
    ['the compression of its payload is unknown', sampleBzImage(Buffer.alloc(100, 'x'), 100)],
    ['its payload is no ELF file', sampleBzImage(gzipSync('hello'), undefined)],
  ])('says of anything else what it is: %s', async (reason, content) => {
    await expect(unpack(content)).rejects.toMatchObject({ code: 'kernel.invalid', message: expect.stringContaining(reason) })
  })

  test('says so when there is no file, or a folder', async () => {
    const host = hostIn(folder)
    await expect(unpackKernel(join(folder, 'none'), { host })).rejects.toMatchObject({
      code: 'kernel.invalid',
      message: expect.stringContaining('no such file'),
    })
    await expect(unpackKernel(folder, { host })).rejects.toMatchObject({
      code: 'kernel.invalid',
      message: expect.stringContaining('a folder'),
    })
  })

  test('never hangs or breaks on a damaged image: it is whole, or kernel.invalid', async () => {
    const images = [sampleBzImage(gzipSync(vmlinux), undefined), sampleBzImage(lz4Literals(vmlinux), vmlinux.length), vmlinux]
    const damage = fc.array(fc.tuple(fc.oneof(fc.nat(0x260), fc.nat(6000)), fc.integer({ min: 0, max: 255 })), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...images), damage, fc.option(fc.nat(6000)), async (image, bytes, end) => {
        const damaged = Buffer.from(image)
        for (const [at, value] of bytes) if (at < damaged.length) damaged[at] = value
        await onlyKernelInvalid(damaged.subarray(0, end ?? undefined))
      }),
      { numRuns: 300 },
    )
  })

  test('never hangs or breaks on random bytes behind a boot header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2048 }), async (bytes) => {
        const image = Buffer.from(bytes)
        if (image.length > 0x206) image.writeUInt16LE(0xaa55, 0x1fe)
        if (image.length > 0x206) image.write('HdrS', 0x202, 'latin1')
        await onlyKernelInvalid(image)
      }),
      { numRuns: 200 },
    )
  })
})

async function onlyKernelInvalid(image: Buffer): Promise<void> {
  try {
    await unpack(image)
  } catch (error) {
    if (!isError(error, 'kernel.invalid')) throw error
  }
}
