/** The CLI's entry: as little as possible before the compile cache is on. Built to CommonJS, see docs/start-up.md. */
import { createRequire, enableCompileCache } from 'node:module'
import type { runCli } from '../src/cli/main.ts'

declare const BANGER_VERSION: string

const [first] = process.argv.slice(2)
if (first === '--version') {
  process.stdout.write(`banger/${BANGER_VERSION} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  const { HOME, XDG_CACHE_HOME } = process.env
  const cache = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`)
  if (cache) enableCompileCache(`${cache}/banger/compile`)
  const { run } = createRequire(import.meta.filename)('./main.cjs') as {
    run: (options: Omit<Parameters<typeof runCli>[0], 'commands'>) => void
  }
  run({ argv: process.argv.slice(2), lib: import.meta.dirname, version: BANGER_VERSION })
}
