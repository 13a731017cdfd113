import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Makes `@banger/core` and `@banger/core/command` resolve to the running program's own copy, wherever the importing
 * plugin lives and whatever copies lie beside it.
 * @param lib the folder of the built program
 */
export function shareCore(lib: string): void {
  const api = join(lib, 'api')
  const files: Record<string, string> = {
    '@banger/core': pathToFileURL(join(api, 'index.js')).href,
    '@banger/core/command': pathToFileURL(join(api, 'command.js')).href,
  }
  registerHooks({
    resolve(specifier, context, next) {
      const url = files[specifier]
      return url ? { url, format: 'module', shortCircuit: true } : next(specifier, context)
    },
  })
}
