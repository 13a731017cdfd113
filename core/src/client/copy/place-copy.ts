import { basename, dirname, join } from 'node:path/posix'
import { fail } from '../../errors.ts'
import type { FileStat } from '../../guest/messages.ts'

/** Where a copy goes: it becomes `folder/name`; without a name what it holds goes into the folder. */
export interface Placement {
  folder: string
  name: string | undefined
}

interface Source {
  /** As written, for messages. */
  text: string
  /** The name that it has where it is; '' for `/`. */
  name: string
  isFolder: boolean
  /** Whether only what the folder holds is meant: `folder/.` */
  contentsOnly: boolean
}

interface Target {
  /** As written. */
  text: string
  /** Absolute. */
  path: string
  /** Whether it is meant to be a folder: `folder/` */
  isFolder: boolean
  /** Undefined where nothing is. */
  stat: (path: string) => Promise<FileStat | undefined>
}

/**
 * Where a source goes, as `cp -r` decides: into the target when that is a folder, else in its place, or to its name in a folder
 * that exists. A source that ends in `/.` is what the folder holds.
 * @param many whether there are other sources, so that the target must be a folder
 * @throws copy.refused
 */
export async function placeCopy(source: Source, target: Target, many: boolean): Promise<Placement> {
  const there = await target.stat(target.path)
  if (there?.type === 'folder') {
    if (source.contentsOnly || source.name === '') return { folder: there.path, name: undefined }
    await refuseOtherKind(source, target, join(there.path, source.name))
    return { folder: there.path, name: source.name }
  }
  if (many) throw refused(`${target.text} is no folder.`, 'Several things can only be copied into a folder that exists.')
  if (there) return replaceFile(source, target, there)
  return newName(source, target)
}

function replaceFile(source: Source, target: Target, there: FileStat): Placement {
  if (source.isFolder) throw refused(`${target.text} is no folder.`, `${source.text} is one, and would have to replace it.`)
  if (target.isFolder) throw refused(`${target.text} is no folder.`, 'Leave out the slash to replace it.')
  if (there.type === 'other') throw refused(`${target.text} is no regular file.`, 'Give a file or a folder.')
  return { folder: dirname(there.path), name: basename(there.path) }
}

async function newName(source: Source, target: Target): Promise<Placement> {
  if (target.isFolder && !source.isFolder)
    throw refused(
      `There is no folder ${target.text}`,
      'Leave out the slash to make a file of that name, or make the folder first.',
    )
  const parent = await target.stat(dirname(target.path))
  if (parent?.type !== 'folder')
    throw refused(`There is no folder for ${target.text} to be in.`, `Make the folder ${dirname(target.path)} first.`)
  return { folder: parent.path, name: basename(target.path) }
}

async function refuseOtherKind(source: Source, target: Target, path: string): Promise<void> {
  const there = await target.stat(path)
  if (!there || there.type === 'link' || (there.type === 'folder') === source.isFolder) return
  const kind = (isFolder: boolean): string => (isFolder ? 'a folder' : 'a file')
  throw refused(
    `${source.name} in ${target.text} is ${kind(!source.isFolder)}, and ${source.text} is ${kind(source.isFolder)}.`,
    'Remove or rename it first, or copy to another name.',
  )
}

function refused(reason: string, advice: string) {
  return fail('copy.refused', { reason, advice })
}
