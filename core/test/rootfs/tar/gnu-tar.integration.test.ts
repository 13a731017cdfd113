import { execFileSync } from 'node:child_process'
import {
  mkdtempSync,
  mkdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  readFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TarEntry } from '../../../src/rootfs/tar/entry.ts'
import { TarReader } from '../../../src/rootfs/tar/read-tar.ts'
import { layer } from '../make-tar.ts'

let dir = ''
const long = join('d'.repeat(90), 'e'.repeat(90), 'f'.repeat(90))

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'banger-tar-'))
  mkdirSync(join(dir, 'plain'))
  writeFileSync(join(dir, 'plain/file'), 'content')
  mkdirSync(join(dir, 'long', long), { recursive: true })
  writeFileSync(join(dir, 'long', long, 'file'), 'deep')
  makeSparse(join(dir, 'sparse'), 40)
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

test.each(['v7', 'ustar', 'oldgnu', 'gnu', 'posix'])('a tar in the format %s is read', async (format) => {
  const entries = await readAll(tar(`--format=${format}`, 'plain'))
  expect(entries.map(({ entry }) => [entry.path, entry.type])).toEqual([
    ['plain/', 'directory'],
    ['plain/file', 'file'],
  ])
  expect(entries[1]?.content.toString()).toBe('content')
})

test.each(['gnu', 'posix'])('long names in the format %s are whole', async (format) => {
  const entries = await readAll(tar(`--format=${format}`, 'long'))
  expect(entries.at(-1)?.entry.path).toBe(`long/${long}/file`)
})

test.each([
  '--format=gnu',
  '--format=oldgnu',
  '--format=posix --sparse-version=0.0',
  '--format=posix --sparse-version=0.1',
  '--format=posix --sparse-version=1.0',
])('a file with holes is the same after tar %s --sparse', async (format) => {
  const [read] = await readAll(tar(...format.split(' '), '--sparse', 'sparse'))
  expect(read?.entry).toMatchObject({ path: 'sparse', size: 9_000_001 })
  expect(read?.entry.segments?.length).toBeGreaterThan(30)
  const file = Buffer.alloc(9_000_001)
  let at = 0
  for (const { offset, length } of read?.entry.segments ?? []) at += read?.content.copy(file, offset, at, at + length) ?? 0
  expect(file.equals(readFileSync(join(dir, 'sparse')))).toBe(true)
})

/** @param pieces more than the 25 that fit into a header and its first continuation */
function makeSparse(path: string, pieces: number): void {
  const file = openSync(path, 'w')
  for (let index = 0; index < pieces; index++) writeSync(file, `piece ${index}`, index * 200_000)
  closeSync(file)
  truncateSync(path, 9_000_001)
}

function tar(...args: string[]): Buffer {
  return execFileSync('tar', ['--create', '--file=-', `--directory=${dir}`, ...args], { maxBuffer: 1 << 26 })
}

async function readAll(bytes: Buffer): Promise<{ entry: TarEntry; content: Buffer }[]> {
  const reader = new TarReader(layer(bytes))
  const all: { entry: TarEntry; content: Buffer }[] = []
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    const pieces: Buffer[] = []
    await reader.copyData((piece) => void pieces.push(Buffer.from(piece)))
    all.push({ entry, content: Buffer.concat(pieces).subarray(0, entry.stored) })
  }
  return all
}
