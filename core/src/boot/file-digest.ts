import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'

const known = new Map<string, { identity: string; digest: string }>()

/**
 * sha256 of a file, in hexadecimal. It is computed anew only when the file is another one or was written since the last call
 * in this process: the agent has 8 MB, and every VM's start asks.
 */
export async function fileDigest(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  const identity = [dev, ino, size, mtimeNs, ctimeNs].join(':')
  const before = known.get(path)
  if (before?.identity === identity) return before.digest
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  known.set(path, { identity, digest })
  return digest
}
