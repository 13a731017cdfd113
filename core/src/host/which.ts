import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Absolute path of a program, or undefined. */
export async function which(program: string): Promise<string | undefined> {
  if (isAbsolute(program)) return (await isExecutable(program)) ? program : undefined
  for (const folder of searchPath()) {
    const path = join(folder, program)
    if (await isExecutable(path)) return path
  }
  return undefined
}

/** PATH, then the folders of system programs, which an ordinary user's PATH lacks on Debian. */
export function searchPath(): string[] {
  const path = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute)
  return [...new Set([...path, '/usr/local/sbin', '/usr/sbin', '/sbin'])]
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
