import { realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail, type Host } from '@banger/core'

/** How npm is started: a program and what its arguments begin with. */
export interface Npm {
  program: string
  args: string[]
}

/**
 * The npm that banger brought along, the one beside the Node that runs this, or the one on PATH. A script in JavaScript, which npm
 * nearly always is, is run by this very Node: PATH may have an older one.
 * @param lib folder of the built program
 * @throws tool.missing
 */
export async function findNpm(host: Pick<Host, 'which'>, lib: string): Promise<Npm> {
  const bin = dirname(process.execPath)
  const places = [
    join(lib, 'npm/bin/npm-cli.js'),
    join(bin, '../npm/bin/npm-cli.js'),
    join(bin, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(bin, 'npm'),
    await host.which('npm'),
  ]
  for (const place of places) {
    const path = place && (await fileAt(place))
    if (path) return path.endsWith('.js') ? { program: process.execPath, args: [path] } : { program: path, args: [] }
  }
  throw fail('tool.missing', { tool: 'npm', advice: 'apt install npm, or Node from nodejs.org, which has it' })
}

/** Behind symlinks, or undefined. */
async function fileAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? realpath(path) : undefined
}
