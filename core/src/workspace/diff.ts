import type { WorkspaceDiff } from '../protocol/workspace.ts'
import type { WorkspaceContext } from './context.ts'
import { git } from './git/git.ts'
import { branchName } from './guest-repository.ts'
import { describeChanges } from './return/describe-changes.ts'
import { type Live, lookBack } from './return/look-back.ts'
import { makeTrees } from './return/trees.ts'
import { readable } from './transfer/paths.ts'

/**
 * What a guest has changed in a workspace since it was prepared, or pulled from. Nothing changes on either side.
 * @throws workspace.none, workspace.too-much, workspace.changing
 */
export function diffWorkspace(
  context: WorkspaceContext,
  request: { guestPath: string; format: 'patch' | 'stat' },
  live: Live,
): Promise<WorkspaceDiff> {
  const { guestPath, format } = request
  return lookBack(context, guestPath, live, async ({ files, remembered, entries, place, commits, warnings }) => {
    const { record, manifest } = remembered
    const { before, after } = await makeTrees(context.host, files.store, manifest, entries, record.hash, files.stage)
    const args = format === 'stat' ? ['--stat'] : ['--binary', '--full-index']
    return {
      guestPath,
      source: record.source,
      changes: describeChanges(manifest, entries),
      commits: commits.map(({ name }) => readable(branchName(name))),
      text: await git(context.host, place, ['diff', '--no-color', '--no-ext-diff', '--no-textconv', ...args, before, after]),
      warnings,
    }
  })
}
