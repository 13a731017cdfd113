/** Workspaces as the daemon's API has them; docs/workspaces.md explains them. */

/**
 * `shallow`: the newest commits, and the files. `full_copy`: all commits, branches and tags, and submodules with theirs.
 */
export type WorkspaceMode = 'shallow' | 'full_copy'

/** A new branch for the guest, as `git switch --create <name> [<from>]` would make it. */
export interface NewBranch {
  name: string
  /** Default: where HEAD stands. */
  from?: string
}

/** What a workspace is made of. */
export interface WorkspaceSource {
  /** Absolute path of a checkout, or of a folder in it. */
  path: string
  /** Default `shallow`. */
  mode?: WorkspaceMode
  branch?: NewBranch
}

export interface PrepareWorkspace extends WorkspaceSource {
  /** Absolute. Default `/root/repo`. */
  guestPath?: string
  /** Whether the guest can't write there afterwards. */
  readonly?: boolean
  /** Whether what the guest has done there may be lost. */
  overwrite?: boolean
  /** Whether the guest is to install the tools that the checkout names for mise, in the background. */
  tooling?: boolean
}

export interface PreparedWorkspace {
  guestPath: string
  /** Absolute path of the checkout. */
  source: string
  /** Files and links of the working tree. */
  files: number
  /** Files and links that were sent, git's own among them. */
  sent: number
  /** Bytes that were sent. */
  bytes: number
  /** Files and links that were removed from the guest. */
  removed: number
  warnings: string[]
  /** Absolute path, in the guest, of the log of what it installs. */
  toolingLog?: string
}

export const defaultGuestPath = '/root/repo'
