import { join } from 'node:path'
import type { Host } from '../../hooks/host.ts'
import { git, isolated } from '../git/git.ts'
import type { RecordFiles, WorkspaceRecord } from '../record/workspace-record.ts'
import type { FileChange } from './apply-file.ts'
import { installObjects, setReference } from './install-objects.ts'
import { indexLine, writeTree } from './trees.ts'

const identity = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'banger'],
    [`GIT_${who}_EMAIL`, 'banger@localhost'],
  ]),
)

/**
 * Keeps the guest's versions of files in a commit of the repository, and what they were made from in its parent; all other
 * files are HEAD's.
 * @param ref to make of it
 * @param head commit of the checkout, if it has one
 */
export async function saveConflicts(
  host: Host,
  record: WorkspaceRecord,
  files: RecordFiles,
  conflicts: FileChange[],
  options: { ref: string; head: string | undefined; objects: string; vm: string },
): Promise<void> {
  const { ref, head, objects, vm } = options
  const index = join(files.stage, 'conflicts-index')
  const reading = isolated(files.store, { objects: record.objectStores, index })
  if (head) await git(host, reading, ['read-tree', head])
  const treeOf = (side: 'before' | 'after') =>
    writeTree(
      host,
      files.store,
      index,
      conflicts.map((change) => indexLine(change.path, change[side], record.hash)),
    )
  const place = { ...reading, env: { ...reading.env, ...identity } }
  const commit = async (tree: string, parent: string | undefined, message: string) =>
    (await git(host, place, ['commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', message])).trim()
  const before = await commit(await treeOf('before'), head, `What the VM "${vm}" was left with`)
  const after = await commit(await treeOf('after'), before, `What the VM "${vm}" has made of it`)
  await installObjects(host, reading, [after], head ? [head] : [], objects, { stage: files.stage, check: false })
  await setReference(host, record.source, ref, after)
}
