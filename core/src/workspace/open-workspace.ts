import { fail } from '../errors.ts'
import type { WorkspaceContext } from './context.ts'
import { readRecord, type RecordFiles, recordFiles, type Remembered } from './record/workspace-record.ts'

/** What banger remembers of a workspace. @throws workspace.none */
export async function openWorkspace(
  { vm, workspaces }: WorkspaceContext,
  guestPath: string,
): Promise<{ files: RecordFiles; remembered: Remembered }> {
  const files = recordFiles(workspaces, guestPath)
  const remembered = await readRecord(files)
  if (!remembered || remembered.record.preparedAt === 0) throw fail('workspace.none', { vm, folder: guestPath })
  return { files, remembered }
}
