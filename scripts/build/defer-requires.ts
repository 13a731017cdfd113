import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * esbuild plugin: lets the modules of @oclif/core load what they require at its first use, not all at their own start.
 *
 * oclif is compiled to CommonJS by TypeScript, so each of its imports has one shape, `const path_1 = require("./path");`,
 * and each use names that constant. Running one command uses a fifth of what those imports load.
 */
export const deferRequires: Plugin = {
  name: 'defer-requires',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/@oclif\/core\/lib\/.*\.js$/ }, async ({ path }) => ({
      contents: defer(await readFile(path, 'utf8')),
      loader: 'js',
    }))
  },
}

const importLine = /^const (\w+) = ((?:__importDefault|__importStar)\(require\("[^"]+"\)\)|require\("[^"]+"\));$/gm
const exportLine = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

export function defer(source: string): string {
  const names: string[] = []
  const text = source
    .replace(importLine, (_line, name: string, load: string) => {
      names.push(name)
      return `let $${name}; const load$${name} = () => ($${name} ??= ${load});`
    })
    .replace(exportLine, (_line, name: string, load: string) => {
      return `let $${name}; Object.defineProperty(exports, "${name}", { enumerable: true, get: () => ($${name} ??= ${load}) });`
    })
  return names.reduce(
    (result, name) => result.replace(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), `(load$${name}())`),
    text,
  )
}
