import { open, type FileHandle } from 'node:fs/promises'
import { posix } from 'node:path'

/** Where a member of a tar lies. */
export interface Member {
  /** Bytes from the beginning of the file to its content. */
  start: number
  size: number
  /** Target of a link. */
  link?: string
  isSymlink: boolean
}

/** Members at most; archives of images have some dozens. */
const mostMembers = 100_000

/**
 * Where everything in a tar lies, by name, so that any part can be read without the others (ustar, pax, and GNU's long names).
 * @throws Error with a message for people
 */
export async function indexTar(path: string): Promise<Map<string, Member>> {
  const file = await open(path)
  try {
    return await readHeaders(file, (await file.stat()).size)
  } finally {
    await file.close()
  }
}

async function readHeaders(file: FileHandle, length: number): Promise<Map<string, Member>> {
  const members = new Map<string, Member>()
  let extended: Record<string, string> = {}
  for (let at = 0; at + 512 <= length; ) {
    const header = (await file.read(Buffer.alloc(512), 0, 512, at)).buffer
    if (header.every((byte) => byte === 0)) return members
    checkSum(header)
    const type = text(header, 156, 1)
    const size = Number(extended.size ?? Number.parseInt(text(header, 124, 12).trim() || '0', 8))
    const start = at + 512
    if (!Number.isSafeInteger(size) || size < 0 || start + size > length) throw new Error('it is cut off')
    at = start + Math.ceil(size / 512) * 512
    if (type === 'x' || type === 'L' || type === 'K') {
      if (size > 1 << 20) throw new Error('it has a header that is too large')
      const content = (await file.read(Buffer.alloc(size), 0, size, start)).buffer.toString('utf8')
      extended = {
        ...extended,
        ...(type === 'x' ? readPax(content) : { [type === 'L' ? 'path' : 'linkpath']: content.replace(/\0.*$/s, '') }),
      }
      continue
    }
    if (type !== 'g') {
      const prefix = text(header, 345, 155)
      const short = text(header, 257, 6) === 'ustar' && prefix ? `${prefix}/${text(header, 0, 100)}` : text(header, 0, 100)
      const isLink = type === '1' || type === '2'
      members.set(posix.normalize(extended.path ?? short), {
        start,
        size,
        isSymlink: type === '2',
        ...(isLink ? { link: extended.linkpath ?? text(header, 157, 100) } : {}),
      })
      if (members.size > mostMembers) throw new Error('it holds too many files')
      extended = {}
    }
  }
  return members
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '')
}

function readPax(content: string): Record<string, string> {
  return Object.fromEntries(
    content
      .split('\n')
      .flatMap((line) => [...line.matchAll(/^\d+ (path|linkpath|size)=(.*)$/g)].map(([, key = '', value = '']) => [key, value])),
  )
}

function checkSum(header: Buffer): void {
  const said = Number.parseInt(text(header, 148, 8).trim(), 8)
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  if (said !== sum) throw new Error('its headers are damaged')
}
