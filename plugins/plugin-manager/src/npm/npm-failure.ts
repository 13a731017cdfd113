import { type BangerError, fail } from '@banger/core'

/** What npm prints with --json when it fails: a code of its own, of the system, or git's exit status. */
interface NpmError {
  code: string
  summary: string
  detail: string
}

const network = /^(E?CONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|E(HOST|NET)UNREACH|ERR_SOCKET_TIMEOUT|CERT_|E(5|4[03]|401)\w*)/
const archive = /^(TAR_|Z_|EINTEGRITY|EBADSIZE|EJSONPARSE|ENOPACKAGEJSON|EISDIR)/

/** npm's failure as an error of the catalogue. */
export function npmFailure(about: string, said: unknown, stderr: string): BangerError {
  const { code, summary, detail } = readError(said)
  const reason = sentence(summary || lastLines(stderr) || 'it did not say why')
  const name = about.replace(/(?<=.)@[^@]*$/, '')
  if (code === 'E404') return fail('plugin.not-found', { spec: about, reason: 'the registry knows no such package.' })
  if (code === 'ETARGET') return fail('plugin.no-version', { spec: about, name })
  if (network.test(code)) return fail('plugin.unreachable', { spec: about, reason })
  if (archive.test(code)) return fail('plugin.unreadable', { spec: about, reason })
  if (code === 'ENOENT' && /git/.test(summary)) return fail('tool.missing', { tool: 'git', advice: 'apt install git' })
  if (code === 'ENOENT') return fail('plugin.unreadable', { spec: about, reason })
  if (code === '128') return fail('plugin.unreachable', { spec: about, reason: sentence(gitReason(detail) || reason) })
  if (code === 'EINVALIDPACKAGENAME' || code === 'EUNSUPPORTEDPROTOCOL')
    return fail('plugin.no-source', { spec: about, reason, advice: 'See banger plugins install --help for what can be named.' })
  return fail('plugin.npm-failed', { spec: about, reason, advice: sentence(detail) || 'Nothing was changed.' })
}

function readError(said: unknown): NpmError {
  const error = (said as { error?: Partial<Record<keyof NpmError, unknown>> } | undefined)?.error
  const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
  return { code: text(error?.code), summary: text(error?.summary), detail: text(error?.detail) }
}

function gitReason(detail: string): string {
  return /^(?:fatal|error): (.*)$/m.exec(detail)?.[1] ?? ''
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join('; ')
}

/** On one line, ended by a full stop. */
function sentence(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`
}
