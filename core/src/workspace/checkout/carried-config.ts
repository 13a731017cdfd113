import { cleanUrl } from './clean-url.ts'

/** A setting of git: `core.autocrlf`, `remote.origin.url`. */
export interface Setting {
  /** Section and name in lower case, a subsection as it was written; bytes, one character each (latin1). */
  key: string
  value: string
  /** Whose file has it: `system`, `global`, `local`, `worktree`. */
  scope?: string
}

/**
 * What a guest's repository is told of the configuration: what its files look like, what git's answers look like, who
 * commits, and where remotes are. Everything else stays on the host: what runs programs, and what holds secrets.
 */
const carried = [
  /^core\.(filemode|symlinks|ignorecase|precomposeunicode|protecthfs|protectntfs|autocrlf|eol|safecrlf|checkroundtripencoding)$/,
  /^core\.(sparsecheckout|sparsecheckoutcone|quotepath|abbrev|whitespace|bigfilethreshold|logallrefupdates|commentchar)$/,
  /^(user\.(name|email)|init\.defaultbranch)$/,
  /^status\.(showuntrackedfiles|renames|renamelimit|relativepaths|short|branch|showstash)$/,
  /^diff\.(renames|renamelimit|algorithm|ignoresubmodules|mnemonicprefix|noprefix|context|interhunkcontext|indentheuristic)$/,
  /^(merge\.(conflictstyle|ff|renames|renamelimit|directoryrenames)|pull\.(rebase|ff)|rebase\.(autosquash|autostash)|push\.default)$/,
  /^log\.(abbrevcommit|date|decorate|follow)$/,
  /^remote\..+\.(url|pushurl|fetch|tagopt)$/s,
  /^branch\..+\.(remote|merge|rebase|pushremote|description)$/s,
  /^submodule\..+\.(url|active|branch|ignore)$/s,
  /^extensions\.objectformat$/,
]

/** The settings that are carried into a guest, in their order; addresses lose their passwords. */
export function carriedSettings(settings: Setting[]): Setting[] {
  return settings.flatMap(({ key, value }) => {
    if (!carried.some((pattern) => pattern.test(key))) return []
    if (!/\.(push)?url$/.test(key)) return [{ key, value }]
    const clean = cleanUrl(value)
    return clean === undefined ? [] : [{ key, value: clean }]
  })
}

/** What `git config --list -z --show-scope` writes: `scope\0key\nvalue\0`, without `\nvalue` for what is merely set. */
export function parseSettings(text: string): Setting[] {
  const parts = text.split('\0')
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, index) => {
    const [scope = '', line = ''] = parts.slice(2 * index, 2 * index + 2)
    const end = line.indexOf('\n')
    return end < 0 ? { scope, key: line, value: 'true' } : { scope, key: line.slice(0, end), value: line.slice(end + 1) }
  })
}

/** A configuration file with these settings (git-config(1), "Syntax"). */
export function formatSettings(settings: Setting[]): string {
  return settings
    .map(({ key, value }) => {
      const first = key.indexOf('.')
      const last = key.lastIndexOf('.')
      const subsection = first === last ? '' : ` ${quote(key.slice(first + 1, last))}`
      return `[${key.slice(0, first)}${subsection}]\n\t${key.slice(last + 1)} = ${quote(value)}\n`
    })
    .join('')
}

function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\b', '\\b')
  return `"${escaped}"`
}
