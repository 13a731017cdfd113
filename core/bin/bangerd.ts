/** The daemon's entry. */
import { agentPath } from '../src/boot/agent-path.ts'
import { keepCompiledCode } from '../src/boot/compile-cache.ts'
import { shareCore } from '../src/boot/share-core.ts'

declare const BANGER_VERSION: string

const root = import.meta.dirname
shareCore(root)
keepCompiledCode(process.env)

// Loaded after the lines above, so that they hold for it: plugins find the daemon's own copy of core.
if (process.argv[2] === '--try-plugins') {
  const { tryPlugins } = await import('../src/daemon/try-plugins.ts')
  await tryPlugins(root, BANGER_VERSION)
} else {
  const { runDaemon } = await import('../src/daemon/main.ts')
  await runDaemon({ root, version: BANGER_VERSION, agentBinary: agentPath(root) })
}
