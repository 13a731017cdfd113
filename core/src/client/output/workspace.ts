import type { PreparedWorkspace, PulledWorkspace, WorkspaceChange, WorkspaceDiff } from '../../protocol/workspace.ts'
import { formatBytes } from './units.ts'

/** `/root/repo has the 120 files of /home/ann/shop: 3 sent (1.2 KiB), 1 removed` */
export function describeWorkspace({ guestPath, source, files, sent, bytes, removed }: PreparedWorkspace): string {
  const changes = [`${sent} sent (${formatBytes(bytes)})`, ...(removed > 0 ? [`${removed} removed`] : [])]
  return `${guestPath} has the ${files} files of ${source}: ${changes.join(', ')}`
}

const marks: Record<WorkspaceChange['change'], string> = { added: 'A', changed: 'M', removed: 'D' }

/** A line for each, as git has them: `M src/main.c`. */
export function describeChanges(changes: WorkspaceChange[]): string[] {
  return changes.map(({ path, change }) => `${marks[change]} ${path}`)
}

/** What was brought, and what to do with what was not put into the working tree. */
export function describePull({ source, guestPath, changes, conflicts, conflictRef, refs }: PulledWorkspace): string {
  const nothing = changes.length + conflicts.length + refs.length === 0
  if (nothing) return `There is nothing new in ${guestPath}.`
  const lines = changes.length > 0 ? [`Brought to ${source}:`, ...describeChanges(changes)] : []
  for (const { name, ref } of refs) {
    const word = shellWord(ref)
    lines.push(`The commits of ${name} are at ${ref}. See them: git log HEAD..${word}  Take them: git merge ${word}`)
  }
  if (conflicts.length > 0 && conflictRef)
    lines.push(
      `Changed on both sides, and left as they are here: ${conflicts.join(', ')}`,
      `The guest's versions are at ${conflictRef}, what they were made from is at ${conflictRef}^.`,
      `See what the guest did: git diff ${conflictRef}^ ${conflictRef}`,
      `Take the guest's version of FILE: git checkout ${conflictRef} -- FILE`,
      `Merge it into yours: git show ${conflictRef}^:FILE > base; git show ${conflictRef}:FILE > theirs; git merge-file FILE base theirs`,
    )
  return lines.join('\n')
}

/** Notes beside a diff. */
export function diffNotes({ commits, changes, guestPath }: WorkspaceDiff): string[] {
  if (commits.length > 0)
    return [`There are also commits that are not here, of: ${commits.join(', ')}. vm workspace pull brings them.`]
  return changes.length === 0 ? [`Nothing has changed in ${guestPath} since it was prepared, or pulled from.`] : []
}

/** A guest names its branches as it likes; what one copies into a shell must be a name there and no more. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
