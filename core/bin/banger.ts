/** The CLI's entry: as little as possible before the compile cache is on. Built to CommonJS, see docs/start-up.md. */
import { createRequire } from 'node:module'
import { keepCompiledCode } from '../src/boot/compile-cache.ts'
import type { CliOptions } from '../src/cli/main.ts'
import type { answerShell } from '../src/completion/main.ts'

declare const BANGER_VERSION: string

const argv = process.argv.slice(2)
if (argv[0] === '--version') {
  process.stdout.write(`banger/${BANGER_VERSION} ${process.platform}-${process.arch} node-${process.version}\n`)
} else if (argv[0] === 'complete') {
  // A key was pressed: neither the commands nor oclif are loaded, and a failure is no answer.
  keepCompiledCode(process.env)
  const completion = createRequire(import.meta.filename)('./complete.cjs') as { answerShell: typeof answerShell }
  completion.answerShell(argv.slice(1), import.meta.dirname, process.env).then(
    (answer) => process.stdout.write(answer, () => process.exit()),
    () => process.exit(1),
  )
} else {
  keepCompiledCode(process.env)
  const main = createRequire(import.meta.filename)('./main.cjs') as { run(options: Omit<CliOptions, 'commands'>): Promise<void> }
  void main.run({ argv, lib: import.meta.dirname, version: BANGER_VERSION })
}
