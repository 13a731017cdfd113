import { resolve } from 'node:path'
import { string } from '@oclif/core/flags'
import { fail } from '../../errors.ts'
import type { WorkspaceMode, WorkspaceSource } from '../../protocol/workspace.ts'

/** The flags that say what becomes of a checkout in a VM. */
export const workspaceFlags = {
  mode: string({
    description: 'shallow: the newest commits; full_copy: all commits, branches and tags, and submodules with theirs',
    options: ['shallow', 'full_copy'],
  }),
  branch: string({ description: 'new branch to put the workspace on; the checkout stays on its own' }),
  from: string({ description: 'commit that the new branch begins at (default: HEAD)', dependsOn: ['branch'] }),
}

export interface WorkspaceFlags {
  mode?: string | undefined
  branch?: string | undefined
  from?: string | undefined
}

/** @param path of a checkout, relative to the folder that one is in */
export function workspaceSource(path: string, { mode, branch, from }: WorkspaceFlags): WorkspaceSource {
  if (path === '') throw fail('usage', { reason: 'The path of the checkout is empty.' })
  return {
    path: resolve(path),
    ...(mode ? { mode: mode as WorkspaceMode } : {}),
    ...(branch ? { branch: { name: branch, ...(from ? { from } : {}) } } : {}),
  }
}
