import { basename } from 'node:path'
import type { AgentClient } from '../guest/agent-client.ts'
import { runInGuest } from './guest-program.ts'

/**
 * Has the guest install the tools that a checkout names for mise (https://mise.jdx.dev/configuration.html), in the
 * background and as well as it can: all that happens is in the log.
 * @param folder the workspace in the guest
 * @param source the checkout on the host, for the log's name
 * @param home of the guest's root
 * @returns absolute path of the log in the guest
 */
export async function startTooling(
  agent: AgentClient,
  folder: string,
  source: string,
  signal: AbortSignal,
  home = '/root',
): Promise<string> {
  const log = `${home}/.cache/banger/vm-run-tooling-${basename(source).replace(/[^\w.+-]/g, '_')}.log`
  await runInGuest(agent, { argv: ['/bin/sh', '-c', start, 'banger', folder, log, install], env: { HOME: home } }, { signal })
  return log
}

/** In a session of its own, so that it outlives whoever asked for it. */
const start = `
mkdir -p "\${2%/*}" || exit
if command -v setsid >/dev/null; then own=setsid; else own=; fi
$own /bin/sh -c "$3" banger "$1" >"$2" 2>&1 </dev/null &
`

const install = `
say() { echo "banger: $*"; }
cd "$1" || exit
PATH="$HOME/.local/bin:$PATH"
named=
for file in mise.toml .mise.toml mise.local.toml .mise.local.toml mise/config.toml .mise/config.toml .config/mise.toml .config/mise/config.toml .tool-versions; do
  if [ -e "$file" ]; then named="$named $file"; fi
done
if [ -z "$named" ]; then
  say "the checkout names no tools (mise.toml, .tool-versions); nothing to do"
  exit
fi
say "tools are named in$named"
if ! command -v mise >/dev/null; then
  say "mise is not installed; fetching it from https://mise.run"
  if command -v curl >/dev/null; then curl --fail --silent --show-error --location --max-time 300 https://mise.run | sh
  elif command -v wget >/dev/null; then wget -q -O - -T 300 https://mise.run | sh
  else say "there is neither curl nor wget"
  fi
fi
if ! command -v mise >/dev/null; then
  say "mise could not be installed; nothing more is done"
  exit 1
fi
mise trust
mise install --yes
say "mise install ended with status $?"
`
