import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readCommands } from '../docs/command-facts.ts'
import { manPage } from '../docs/man-page.ts'

/** Where shells look for completions below the `share` of a prefix (their own documentation says so). */
const completions = {
  'banger.bash': 'bash-completion/completions/banger',
  'banger.zsh': 'zsh/site-functions/_banger',
  'banger.fish': 'fish/vendor_completions.d/banger.fish',
}

/**
 * Makes what lies in the `share` of a prefix: the shells' completion and the man page.
 * @param lib absolute path of build/lib/banger, complete
 */
export async function writeShare(
  root: string,
  lib: string,
  share: string,
  about: { version: string; description: string },
): Promise<void> {
  await rm(share, { recursive: true, force: true })
  for (const [script, place] of Object.entries(completions)) {
    await mkdir(dirname(join(share, place)), { recursive: true })
    await copyFile(join(root, 'core/completion', script), join(share, place))
  }
  await mkdir(join(share, 'man/man1'), { recursive: true })
  await writeFile(join(share, 'man/man1/banger.1'), manPage(await readCommands(lib), about))
}
