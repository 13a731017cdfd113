import { shellQuote } from './shell-quote.ts'

/** What the guest says behind the marker: that the protocol begins, or why it does not. */
export type AcpOutcome = 'ready' | 'no-folder' | 'no-agent'

/**
 * The command, for the guest's shell, that becomes `opencode acp`. It runs in the environment of a login shell, whose files may print
 * what they like: the protocol begins behind a line with the marker and `ready`.
 * @param marker a word that nothing else prints
 * @param cwd folder to run it in; default: /root/repo where that exists, else /root
 */
export function acpCommand(marker: string, cwd: string | undefined): string {
  const enter = cwd === undefined ? 'cd /root/repo 2>/dev/null || cd /root' : `cd -- ${shellQuote(cwd)}`
  const script = [
    'unset BANGER_ACP',
    `say() { echo "${marker} $1"; }`,
    `${enter} || { say no-folder; exit 1; }`,
    'command -v opencode >/dev/null || { say no-agent; exit 1; }',
    'say ready',
    'exec opencode acp',
  ].join('\n')
  // By way of the environment, since the login shell need not be a POSIX one.
  return `exec env BANGER_ACP=${shellQuote(script)} "$SHELL" -l -c 'exec /bin/sh -c "$BANGER_ACP"'`
}
