import { basename } from 'node:path'
import { fail } from '@banger/core'

const prefix = 'banger-plugin-'

/** `banger-plugin-my-images` for the folder `my-images`, and for one that is called so already. */
export function packageNameOf(folder: string): string {
  return prefix + basename(folder).replace(prefix, '')
}

/**
 * What the plugin is called in commands and settings: `my-images` for `@me/banger-plugin-my-images`.
 * @param name of the package
 * @throws usage when it is no name for one
 */
export function shortNameOf(name: string): string {
  const short = /^(?:@[a-z0-9][a-z0-9-]*\/)?(?:banger-plugin-)?([a-z](?:[a-z0-9-]{0,48}[a-z0-9])?)$/.exec(name)?.[1]
  if (short) return short
  throw fail('usage', {
    reason: `"${name}" is no name for a plugin: use lower-case letters, digits and hyphens, and begin with a letter (--name).`,
  })
}
