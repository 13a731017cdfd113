import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

export interface RolledUp {
  /** Name (`index.d.ts`) to text. What several entries share is in `shared.d.ts`. */
  files: Record<string, string>
  /** What it was made of: absolute paths. */
  sources: string[]
}

/**
 * The declarations of some modules, each in one file. What they import of packages stays an import.
 * @param entries name of the file (without `.d.ts`) to its source: absolute
 */
export async function rollUpTypes(entries: Record<string, string>): Promise<RolledUp> {
  const bundle = await rollup({
    input: entries,
    external: (id) => !/^[./]/.test(id),
    plugins: [dts({ tsconfig: 'tsconfig.json' })],
    // It warns of types that are not exported, of some alone: `make check` finds all of them.
    onwarn: () => {},
  })
  const { output } = await bundle.generate({ chunkFileNames: 'shared.d.ts', minifyInternalExports: false })
  const chunks = output.filter((chunk) => chunk.type === 'chunk')
  return { files: Object.fromEntries(chunks.map(({ fileName, code }) => [fileName, code])), sources: bundle.watchFiles }
}
