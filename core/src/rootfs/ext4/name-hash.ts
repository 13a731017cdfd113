import { hashSeed } from './superblock.ts'

const [k2, k3] = [0x5a827999, 0x6ed9eba1]

/**
 * The hash by which large directories are ordered: half of MD4 over unsigned characters, as ext4fs_dirhash in the kernel's
 * fs/ext4/hash.c. Its lowest bit is always 0, since indexes use that.
 */
export function hashName(name: string): number {
  const state = Int32Array.from(hashSeed)
  const words = new Int32Array(8)
  for (let at = 0; at < name.length; at += 32) {
    fillWords(words, name, at)
    transform(state, words)
  }
  const hash = ((state[1] ?? 0) & ~1) >>> 0
  // the highest value marks a directory's end to NFS
  return hash === 0xfffffffe ? 0xfffffffc : hash
}

/** 32 characters from `at` on; what is missing is filled with the length that is left. */
function fillWords(words: Int32Array, name: string, at: number): void {
  const left = name.length - at
  const pad = left | (left << 8) | ((left | (left << 8)) << 16)
  words.fill(pad)
  const end = Math.min(left, 32)
  for (let start = 0; start < end; start += 4) {
    let word = pad
    for (let index = start; index < Math.min(start + 4, end); index++) word = (name.charCodeAt(at + index) + (word << 8)) | 0
    words[start / 4] = word
  }
}

function transform(state: Int32Array, words: Int32Array): void {
  let [a, b, c, d] = state as unknown as [number, number, number, number]
  const word = (index: number) => words[index] ?? 0
  const f = (x: number, y: number, z: number) => z ^ (x & (y ^ z))
  const g = (x: number, y: number, z: number) => (x & y) + ((x ^ y) & z)
  const h = (x: number, y: number, z: number) => x ^ y ^ z
  const round = (mix: typeof f, order: readonly number[], constant: number, shifts: readonly number[]) => {
    for (const [step, index] of order.entries()) {
      const sum = (a + mix(b, c, d) + word(index) + constant) | 0
      const shift = shifts[step % 4] ?? 0
      const turned = (sum << shift) | (sum >>> (32 - shift))
      ;[a, b, c, d] = [d, turned, b, c]
    }
  }
  round(f, [0, 1, 2, 3, 4, 5, 6, 7], 0, [3, 7, 11, 19])
  round(g, [1, 3, 5, 7, 0, 2, 4, 6], k2, [3, 5, 9, 13])
  round(h, [3, 7, 2, 6, 1, 5, 0, 4], k3, [3, 9, 11, 15])
  for (const [index, value] of [a, b, c, d].entries()) state[index] = (state[index] ?? 0) + value
}
