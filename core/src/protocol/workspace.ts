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

export interface DiffWorkspace {
  /** Absolute. Default `/root/repo`. */
  guestPath?: string
  /** Default: a patch that `git apply` takes. */
  format?: 'patch' | 'stat'
}

export interface WorkspaceDiff {
  guestPath: string
  source: string
  /** What the guest has changed since it was prepared, or pulled from. */
  changes: WorkspaceChange[]
  /** Branches of the guest with commits that are not here. */
  commits: string[]
  /** What git says of the changes: bytes, one character each (latin1). */
  text: string
  /** What is left out, and why. */
  warnings: string[]
}

export interface WorkspaceChange {
  /** Relative to the workspace; what is no readable text is quoted as in JSON. */
  path: string
  change: 'added' | 'changed' | 'removed'
}

export interface PullWorkspace {
  /** Absolute. Default `/root/repo`. */
  guestPath?: string
  /** Branch to make of where the guest's HEAD stands. */
  branch?: string
}

export interface PulledWorkspace {
  guestPath: string
  source: string
  /** What was brought to the checkout. */
  changes: WorkspaceChange[]
  /** Files that are otherwise on both sides; nothing of them was changed here. */
  conflicts: string[]
  /** The reference that has the guest's versions of those files; what they were made from is its parent. */
  conflictRef?: string
  /** References that were made of the guest's branches. */
  refs: { name: string; ref: string; commit: string }[]
  /** What was left out, and why. */
  warnings: string[]
}

export const defaultGuestPath = '/root/repo'
