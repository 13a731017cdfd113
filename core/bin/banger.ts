/** The CLI's entry: as little as possible before the compile cache is on. Built to CommonJS, see docs/start-up.md. */
import { createRequire } from 'node:module'
import { keepCompiledCode } from '../src/boot/compile-cache.ts'
import type { CliOptions } from '../src/cli/main.ts'

declare const BANGER_VERSION: string

const argv = process.argv.slice(2)
if (argv[0] === '--version') {
  process.stdout.write(`banger/${BANGER_VERSION} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  keepCompiledCode(process.env)
  const main = createRequire(import.meta.filename)('./main.cjs') as { run(options: Omit<CliOptions, 'commands'>): Promise<void> }
  void main.run({ argv, lib: import.meta.dirname, version: BANGER_VERSION })
}
