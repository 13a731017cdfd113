import { enableCompileCache } from 'node:module'

/** Lets Node keep compiled code in the user's cache folder: whatever is loaded afterwards starts faster the next time. */
export function keepCompiledCode({ HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv): void {
  const cache = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`)
  if (cache) enableCompileCache(`${cache}/banger/compile`)
}
