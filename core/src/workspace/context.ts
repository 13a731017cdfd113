import type { AgentClient } from '../guest/agent-client.ts'
import type { Host } from '../hooks/host.ts'

/** The VM whose workspace it is about, and where banger keeps what it remembers of that. */
export interface WorkspaceContext {
  host: Host
  agent: AgentClient
  /** The VM's name. */
  vm: string
  /** Bytes that the VM's disk holds. */
  diskSize: number
  /** Folder of the records of the VM's workspaces. */
  workspaces: string
}
