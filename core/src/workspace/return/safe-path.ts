/** Characters that HFS+ leaves out of names (git's `is_hfs_dotgit`). */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/** Files whose content git itself obeys: never as links, which lead anywhere. */
const obeyed = /^\.git(modules|attributes|ignore)$/

/**
 * Whether a path from a guest may be written in a checkout: it must stay inside, and not be what some system takes for
 * `.git` (git's own rules, core.protectHFS and core.protectNTFS), on this system or on that of who clones it.
 * @param path bytes, one character each (latin1)
 */
export function isSafePath(path: string, kind: 'file' | 'link'): boolean {
  if (path.includes('\0') || path.split('/').some((name) => name === '' || name === '.' || name === '..')) return false
  return path.split(/[/\\]/).every((name) => {
    const plain = plainName(name)
    return plain !== '.git' && !/^git~\d+$/.test(plain) && !(kind === 'link' && obeyed.test(plain))
  })
}

/** As NTFS and HFS+ compare names: without case, trailing dots and blanks, streams, and characters that do not show. */
function plainName(name: string): string {
  const text = Buffer.from(name, 'latin1').toString().replace(ignoredByHfs, '').toLowerCase()
  return text.replace(/:.*$/s, '').replace(/[. ]+$/, '')
}
