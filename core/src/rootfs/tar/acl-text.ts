import { InvalidImage } from '../invalid-image.ts'

const tags: Record<string, [own: number, named: number]> = {
  user: [0x01, 0x02],
  u: [0x01, 0x02],
  group: [0x04, 0x08],
  g: [0x04, 0x08],
  mask: [0x10, 0x10],
  m: [0x10, 0x10],
  other: [0x20, 0x20],
  o: [0x20, 0x20],
}

const nobody = 0xffffffff

/**
 * The value of `system.posix_acl_*` for an access control list in words, as GNU tar and star put it into pax headers:
 * `user::rwx,user:1000:r-x,group::r-x,mask::r-x,other::r--`, also with line breaks, and with ids behind names (`user:ann:r-x:1000`).
 * @throws InvalidImage when it names someone by name alone: names are the host's, a guest has others
 */
export function aclFromText(text: string): Buffer {
  const entries = text
    .split(/[,\n]/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map(parseEntry)
  entries.sort((a, b) => a.tag - b.tag || a.id - b.id)
  const value = Buffer.alloc(4 + 8 * entries.length)
  value.writeUInt32LE(2, 0)
  for (const [index, { tag, permissions, id }] of entries.entries()) {
    value.writeUInt16LE(tag, 4 + 8 * index)
    value.writeUInt16LE(permissions, 6 + 8 * index)
    value.writeUInt32LE(id, 8 + 8 * index)
  }
  return value
}

function parseEntry(line: string): { tag: number; permissions: number; id: number } {
  const [kind = '', name = '', permissions = '', number] = line.split(':')
  const known = tags[kind]
  if (!known || !/^[r-][w-][x-]$/.test(permissions)) throw new InvalidImage(`the tar has a bad access control list: ${line}`)
  const id = number ?? name
  if (name !== '' && !/^\d+$/.test(id)) {
    throw new InvalidImage(`the tar has an access control list with a name in it (${line}); make it with --numeric-owner`)
  }
  return {
    tag: known[name === '' ? 0 : 1],
    permissions: [...permissions].reduce((bits, letter) => bits * 2 + (letter === '-' ? 0 : 1), 0),
    id: name === '' ? nobody : Number(id),
  }
}
