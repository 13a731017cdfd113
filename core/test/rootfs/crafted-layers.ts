import type { Member } from './make-tar.ts'
import { forbiddenXattrs } from './mount.ts'

const mtime = 1_600_000_000
const folder = (path: string, more: Partial<Member> = {}): Member => ({ path, type: 'directory', mtime, ...more })
const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')
/** user::rw-, user:1000:r-x, group::r-x, mask::rwx, other::r-- */
const acl = Buffer.from('0200000001000600ffffffff02000500e803000004000500ffffffff10000700ffffffff20000400ffffffff', 'hex')
const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`user.n${index}`, 'v'.repeat(90)]))

/** One member of each kind that is easily lost. Folders come again at the end: their times are of after their children. */
export function everyKind(): Member[] {
  const folders: Member[] = [
    folder('folder', { mode: 0o1777, xattrs: { 'user.of': 'a folder' } }),
    folder('handing-down', { mode: 0o2770, xattrs: { 'system.posix_acl_default': acl, 'system.posix_acl_access': acl } }),
    folder('p'.repeat(200)),
    folder(`${'p'.repeat(200)}/${'d'.repeat(255)}`, { mode: 0o2750, gid: 50 }),
    folder('./', { mtime: '1600000000.987654321' }),
  ]
  const members: Member[] = [
    ...folders,
    { path: 'folder/file', content: 'content' },
    { path: 'folder/link', type: 'hardlink', target: 'folder/file' },
    { path: 'empty', xattrs: { 'trusted.note': 'x' } },
    { path: 'large', content: Buffer.alloc(3_000_001, 'large') },
    { path: 'setuid', content: 'x', mode: 0o4755 },
    { path: 'setgid', content: 'x', mode: 0o2755, gid: 65_536 },
    { path: 'closed', content: 'x', mode: 0 },
    { path: 'owned', uid: 4_000_000_000, gid: 70_000, content: 'x', xattrs: { 'security.capability': capability } },
    { path: 'many', xattrs: many },
    { path: 'same', xattrs: many },
    { path: 'listed', mode: 0o674, xattrs: { 'system.posix_acl_access': acl } },
    { path: 'binary', xattrs: { 'user.binary': Buffer.from([0, 10, 61, 255]), ['user.' + 'n'.repeat(250)]: 'long' } },
    { path: 'null', type: 'character', device: [1, 3], mode: 0o666 },
    { path: 'wide', type: 'block', device: [300, 70_000], uid: 70_000 },
    { path: 'widest', type: 'character', device: [0xfff, 0xfffff] },
    { path: 'null-again', type: 'hardlink', target: 'null' },
    { path: 'pipe', type: 'fifo', mode: 0o620 },
    { path: 'pipe-again', type: 'hardlink', target: './pipe' },
    ...[1, 59, 60, 61, 1023, 4095].map(
      (length): Member => ({
        path: `symlink-${length}`,
        type: 'symlink',
        target: 't/'.repeat(2048).slice(0, length),
        uid: 70_000,
      }),
    ),
    { path: 'symlink-again', type: 'hardlink', target: 'symlink-60' },
    { path: 'symlink-noted', type: 'symlink', target: 'x', xattrs: { 'trusted.note': 'on a symlink' } },
    { path: 'not-utf8-\xff\xfe', content: 'x' },
    { path: 'to-not-utf8', type: 'symlink', target: 'not-utf8-\xff\xfe' },
    { path: 'line\nbreak \\ "quoted"', content: 'x' },
    { path: '.white', content: 'no whiteout' },
    { path: '...', content: 'x' },
    { path: `${'p'.repeat(200)}/${'q'.repeat(255)}`, content: 'deep' },
    { path: `${'p'.repeat(200)}/${'d'.repeat(255)}/${'r'.repeat(255)}`, content: 'deeper', gnu: true },
    { path: 'gnu', type: 'symlink', target: 'g'.repeat(300), gnu: true },
    { path: 'fraction', mtime: '1600000000.000000001' },
    { path: 'epoch', mtime: 0 },
    { path: 'second-before', mtime: '-0.000000001' },
    { path: 'past', mtime: '-2000000000.5' },
    { path: 'before-2038', mtime: 2 ** 31 - 1 },
    { path: 'after-2038', mtime: 2 ** 31 },
    { path: 'future', mtime: '4102488000.123456789' },
    sparse('holes', 2_000_000, [512_000, 1_024_000, 1_999_872]),
    sparse('hole', 1_000_000, [1_000_000]),
  ]
  return [...members.map((member) => ({ mtime, ...member })), ...folders]
}

/** The layer without attributes that may not be set here, so that an unpacked tree can be compared with it. */
export function settable(members: Member[]): Member[] {
  const forbidden = forbiddenXattrs
  if (!forbidden) return members
  const filter = (xattrs: Member['xattrs']) =>
    Object.fromEntries(Object.entries(xattrs ?? {}).filter(([name]) => !forbidden.test(name)))
  return members.map((member) => ({ ...member, xattrs: filter(member.xattrs) }))
}

/** A file of holes (GNU's format 0.1) with 512 bytes at each offset, or what is left to its end. */
export function sparse(path: string, size: number, offsets: number[]): Member {
  const pieces = offsets.map((offset) => Math.min(512, size - offset))
  return {
    path,
    content: Buffer.concat(pieces.map((length, at) => Buffer.alloc(length, `piece ${at} `))),
    pax: [
      ['GNU.sparse.major', '0'],
      ['GNU.sparse.minor', '1'],
      ['GNU.sparse.name', Buffer.from(path, 'latin1')],
      ['GNU.sparse.numblocks', String(offsets.length)],
      ['GNU.sparse.size', String(size)],
      ['GNU.sparse.map', offsets.map((offset, at) => `${offset},${pieces[at]}`).join(',')],
    ],
  }
}

/** Layers on each other in every way. @param names of the folder with many */
export function craftedLayers(names: number): Member[][] {
  const file = (path: string, more: Partial<Member> = {}): Member => ({ path, content: path, mtime, ...more })
  const hardlink = (path: string, target: string): Member => ({ path, type: 'hardlink', target })
  const symlink = (path: string, target: string): Member => ({ path, type: 'symlink', target, mtime })
  const base: Member[] = [
    ...everyKind(),
    folder('gone'),
    file('gone/file'),
    folder('gone/deep'),
    file('gone/deep/file'),
    file('gone-file'),
    symlink('gone-symlink', 'gone-file'),
    { path: 'gone-device', type: 'block', device: [8, 1], mtime },
    folder('opaque', { xattrs: { 'user.layer': '1' } }),
    file('opaque/below'),
    folder('opaque/deep'),
    file('opaque/deep/below'),
    file('first'),
    hardlink('second', 'first'),
    hardlink('third', 'first'),
    file('linked-below', { mode: 0o4711 }),
    folder('was-folder'),
    file('was-folder/file'),
    folder('was-folder-too'),
    file('was-folder-too/file'),
    file('was-file'),
    symlink('was-symlink', 'folder'),
    file('was-file-too'),
    file('changed', { mode: 0o4755, uid: 5, xattrs: { 'user.old': 'x', 'security.capability': capability } }),
    folder('touched', { xattrs: { 'user.old': 'x' } }),
    file('touched/stays'),
    folder('returns'),
    file('returns/old'),
    folder('usr'),
    folder('usr/lib', { mode: 0o751 }),
    file('usr/lib/old'),
    symlink('lib', 'usr/lib'),
    symlink('usr/up', '../lib'),
    folder('many-names', { mode: 0o750 }),
    ...Array.from({ length: names }, (_, index) => file(`many-names/${index}-${'n'.repeat(index % 40)}`, { content: '' })),
    folder('many-names', { mode: 0o750 }),
  ]
  const middle: Member[] = [
    file('.wh.gone'),
    file('.wh.gone-file'),
    file('.wh.gone-symlink'),
    file('.wh.gone-device'),
    file('.wh.never-there'),
    folder('opaque', { xattrs: { 'user.layer': '2' }, uid: 7 }),
    file('opaque/.wh..wh..opq'),
    file('opaque/above'),
    hardlink('linked-above', 'linked-below'),
    file('.wh.linked-below'),
    file('second', { content: 'another file now' }),
    hardlink('symlink-across', 'symlink-61'),
    file('was-folder'),
    symlink('was-folder-too', 'folder'),
    folder('was-file'),
    file('was-file/file'),
    folder('was-symlink'),
    file('was-symlink/file'),
    { path: 'was-file-too', type: 'fifo', mtime },
    file('changed', { content: 'other' }),
    folder('touched', { mode: 0o700, mtime: mtime + 5 }),
    file('.wh.returns'),
    file('lib/through'),
    file('lib/.wh.old'),
    file('usr/up/through-two'),
    hardlink('through-again', 'usr/up/through'),
    folder('touched/new', { mtime }),
    file('touched/new/file'),
    folder('touched', { mode: 0o700, mtime: mtime + 5 }),
  ]
  const top: Member[] = [
    folder('gone', { uid: 9 }),
    file('gone/new'),
    file('returns'),
    folder('opaque'),
    folder('opaque/deep', { mode: 0o711 }),
    file('opaque/deep/above'),
    // after what it must not take away
    file('opaque/deep/.wh..wh..opq'),
    file('twice', { content: 'the first' }),
    file('twice', { content: 'the second, of another length' }),
    hardlink('twice-again', 'twice'),
    file('was-file/more'),
    folder('was-file', { mtime: mtime + 7 }),
    folder('./', { mode: 0o711, mtime: '1600000009.5' }),
  ]
  return [base, middle, top]
}
