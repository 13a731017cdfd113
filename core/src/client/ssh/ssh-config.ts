import type { SshAccess } from '../../protocol/api.ts'
import { shellQuote } from './shell-quote.ts'

/**
 * A Host block for ~/.ssh/config by which plain ssh, scp, rsync and editors reach a VM (ssh_config(5)).
 * @param banger words that run this CLI: the absolute path of the program
 */
export function sshConfigBlock(vm: string, access: SshAccess, banger: string): string {
  return `Host banger-${vm}
  HostName ${vm}
  User ${access.user}
  ProxyCommand ${escapePercent(shellQuote(banger))} vm dial ${vm} 22 --wait
  IdentityFile ${configQuote(access.identityFile)}
  IdentitiesOnly yes
  UserKnownHostsFile ${configQuote(access.knownHostsFile)}
  GlobalKnownHostsFile /dev/null
  HostKeyAlias ${access.hostKeyAlias}
  HostKeyAlgorithms ssh-ed25519
  StrictHostKeyChecking yes
  LogLevel ERROR
`
}

/** ssh expands `%` tokens in each of these values, and takes quotes around one with spaces. */
function configQuote(path: string): string {
  return `"${escapePercent(path).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function escapePercent(text: string): string {
  return text.replaceAll('%', '%%')
}
