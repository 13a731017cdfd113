/** The daemon's entry. */
import { agentPath } from '../src/boot/agent-path.ts'
import { shareCore } from '../src/boot/share-core.ts'

declare const BANGER_VERSION: string

const root = import.meta.dirname
shareCore(root)

// Loaded after the line above, so that whatever it loads finds the daemon's own copy of core.
const { runDaemon } = await import('../src/daemon/main.ts')
await runDaemon({ root, version: BANGER_VERSION, agentBinary: agentPath(root) })
