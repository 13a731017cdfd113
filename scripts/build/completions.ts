import { copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where shells look for completions below the `share` of a prefix (their own documentation says so). */
const places = {
  'banger.bash': 'bash-completion/completions/banger',
  'banger.zsh': 'zsh/site-functions/_banger',
  'banger.fish': 'fish/vendor_completions.d/banger.fish',
}

/** Puts the shells' completion scripts where they look for them. */
export async function writeCompletions(root: string, share: string): Promise<void> {
  for (const [script, place] of Object.entries(places)) {
    await mkdir(dirname(join(share, place)), { recursive: true })
    await copyFile(join(root, 'core/completion', script), join(share, place))
  }
}
