import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'

/**
 * `<path>[:<rest>]`, where the path may hold colons itself: the longest one that exists counts.
 * @returns undefined when there is no such path, or it is not absolute
 */
export async function splitPath(text: string): Promise<{ path: string; rest?: string } | undefined> {
  if (!isAbsolute(text) || text.length > 4096 || text.includes('\0')) return undefined
  for (let end = text.length; end > 0; end = text.lastIndexOf(':', end - 1)) {
    const path = text.slice(0, end)
    if (await exists(path)) return end === text.length ? { path } : { path, rest: text.slice(end + 1) }
  }
  return undefined
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
