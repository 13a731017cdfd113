import { Readable } from 'node:stream'

/** A member to write. Names are bytes, one character each (latin1). */
export interface Member {
  path: string
  type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo'
  content?: Buffer | string
  mode?: number
  uid?: number
  gid?: number
  mtime?: number | string
  target?: string
  device?: [major: number, minor: number]
  xattrs?: Record<string, Buffer | string>
  /** Says long names in GNU's way, by members of type L and K before it, in place of pax records. */
  gnu?: boolean
  /** More pax records, as they are. */
  pax?: [key: string, value: string | Buffer][]
}

const flags = { file: '0', hardlink: '1', symlink: '2', character: '3', block: '4', directory: '5', fifo: '6' }

/** A tar in the pax format, with an extended header where ustar does not do. */
export function makeTar(members: Member[]): Buffer {
  return Buffer.concat([...members.flatMap(encodeMember), Buffer.alloc(1024)])
}

/** A layer, cut into chunks of odd sizes so that nothing relies on where chunks end. */
export function layer(tar: Buffer, chunk = 10_007): Readable {
  return Readable.from(pieces(tar, chunk), { objectMode: false })
}

export async function* layersOf(...stack: Member[][]): AsyncGenerator<Readable> {
  for (const members of stack) yield layer(makeTar(members))
}

function* pieces(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function encodeMember(member: Member): Buffer[] {
  const content = Buffer.from(member.content ?? '')
  const records: [string, string | Buffer][] = [...(member.pax ?? [])]
  const { path, target = '', uid = 0, gid = 0, mtime = 0 } = member
  if (path.length > 100 && !member.gnu) records.push(['path', Buffer.from(path, 'latin1')])
  if (target.length > 100 && !member.gnu) records.push(['linkpath', Buffer.from(target, 'latin1')])
  if (uid > 0o7777777) records.push(['uid', String(uid)])
  if (gid > 0o7777777) records.push(['gid', String(gid)])
  if (typeof mtime === 'string' || mtime < 0) records.push(['mtime', String(mtime)])
  for (const [name, value] of Object.entries(member.xattrs ?? {})) records.push([`SCHILY.xattr.${name}`, value])
  const extended = records.length > 0 ? paxMember(records) : []
  const long = member.gnu ? [...gnuName('L', path), ...gnuName('K', target)] : []
  return [...long, ...extended, header(member, content.length), padded(content)]
}

function gnuName(flag: string, name: string): Buffer[] {
  if (name.length <= 100) return []
  const body = Buffer.from(`${name}\0`, 'latin1')
  return [header({ path: '././@LongLink' }, body.length, flag), padded(body)]
}

function paxMember(records: [string, string | Buffer][]): Buffer[] {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, Buffer.from(value))))
  return [header({ path: 'pax', pax: [] }, body.length, 'x'), padded(body)]
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')])
  let length = rest.length
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

export function header(member: Member, size: number, flag: string = flags[member.type ?? 'file']): Buffer {
  const block = Buffer.alloc(512)
  const octal = (at: number, width: number, value: number) =>
    block.write(
      Math.max(value, 0)
        .toString(8)
        .padStart(width - 1, '0')
        .slice(1 - width),
      at,
      'latin1',
    )
  block.write(member.path.slice(0, 100), 0, 'latin1')
  octal(100, 8, member.mode ?? (member.type === 'directory' ? 0o755 : 0o644))
  octal(108, 8, member.uid ?? 0)
  octal(116, 8, member.gid ?? 0)
  octal(124, 12, size)
  octal(136, 12, typeof member.mtime === 'number' ? member.mtime : 0)
  block.write(flag, 156, 'latin1')
  block.write((member.target ?? '').slice(0, 100), 157, 'latin1')
  block.write('ustar\0' + '00', 257, 'latin1')
  octal(329, 8, member.device?.[0] ?? 0)
  octal(337, 8, member.device?.[1] ?? 0)
  return signed(block)
}

/** With its checksum. */
export function signed(block: Buffer): Buffer {
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

export function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
