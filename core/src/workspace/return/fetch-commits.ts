import { createWriteStream } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fail } from '../../errors.ts'
import type { WorkspaceContext } from '../context.ts'
import { git, isolated } from '../git/git.ts'
import { hasProgram, runInGuest } from '../guest-program.ts'
import { branchName } from '../guest-repository.ts'
import type { RecordFiles, WorkspaceRecord } from '../record/workspace-record.ts'
import { readable } from '../transfer/paths.ts'

export interface GuestCommit {
  /** Of the guest's reference: `refs/heads/main`, or HEAD. */
  name: string
  commit: string
}

export interface FetchedCommits {
  commits: GuestCommit[]
  warnings: string[]
}

/**
 * Brings commits of the guest into the content store, by a bundle (git-bundle(1)) that the guest's git makes. Nothing else of
 * it is taken; whether the objects are sound is looked at when they go on from there.
 * @param wanted the guest's references
 */
export async function fetchCommits(
  context: WorkspaceContext,
  record: WorkspaceRecord,
  files: RecordFiles,
  wanted: GuestCommit[],
  signal: AbortSignal,
): Promise<FetchedCommits> {
  const warnings: string[] = []
  if (wanted.length === 0) return { commits: [], warnings }
  if (!(await hasProgram(context.agent, 'git', signal)))
    return { commits: [], warnings: [`Commits are left out: the VM "${context.vm}" has no git.`] }
  const named: GuestCommit[] = []
  for (const commit of wanted) {
    if (await isPlainName(context, files, commit.name)) named.push(commit)
    else warnings.push(`The branch ${readable(branchName(commit.name))} is left out: its name cannot be used here.`)
  }
  if (named.length === 0) return { commits: [], warnings }
  const bundle = join(files.stage, 'bundle')
  const problem = await writeBundle(context, record, named, await commonCommits(context, record, files), bundle, signal)
  if (problem) return { commits: [], warnings: [...warnings, `Commits are left out: git bundle failed in the VM: ${problem}`] }
  await receiveBundle(context, record, files, named, bundle)
  await rm(bundle)
  return { commits: await Promise.all(named.map((one) => received(context, files, one))), warnings }
}

/** Whether a name of the guest's is one for git, and one that can be an argument. */
async function isPlainName({ host }: WorkspaceContext, { store }: RecordFiles, name: string): Promise<boolean> {
  if (name === 'HEAD') return true
  if (Buffer.from(Buffer.from(name, 'latin1').toString()).toString('latin1') !== name) return false
  return git(host, isolated(store), ['check-ref-format', text(name)]).then(
    () => true,
    () => false,
  )
}

/** Commits that the guest was sent and the host still has. */
async function commonCommits({ host }: WorkspaceContext, record: WorkspaceRecord, { store }: RecordFiles): Promise<string[]> {
  const sent = [...new Set([...record.objects.tips, ...record.pulled])]
  if (sent.length === 0) return []
  const place = isolated(store, { objects: record.objectStores })
  const input = sent.map((object) => `${object}\n`).join('')
  const answer = await git(host, place, ['cat-file', '--batch-check=%(objectname)'], { input })
  return answer.split('\n').filter((line) => /^[0-9a-f]+$/.test(line))
}

/** @returns what was wrong, if anything */
async function writeBundle(
  { agent, vm, diskSize }: WorkspaceContext,
  { guestPath }: WorkspaceRecord,
  wanted: GuestCommit[],
  common: string[],
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const file = createWriteStream(path, { mode: 0o600 })
  let left = diskSize
  const refs = wanted.map(({ name }) => text(name))
  const argv = ['git', 'bundle', 'create', '--quiet', '-', '--ignore-missing', ...refs, ...common.map((commit) => `^${commit}`)]
  const { code, stderr } = await runInGuest(
    agent,
    { argv, cwd: guestPath },
    {
      signal,
      onStdout: async (bytes) => {
        left -= bytes.length
        if (left < 0) throw fail('workspace.too-much', { vm, folder: guestPath, reason: 'its disk holds less' })
        if (!file.write(bytes)) await once(file, 'drain')
      },
    },
  )
  await finished(file.end())
  return code === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? `status ${code}`)
}

async function receiveBundle(
  { host }: WorkspaceContext,
  record: WorkspaceRecord,
  { store }: RecordFiles,
  wanted: GuestCommit[],
  bundle: string,
): Promise<void> {
  // Where the host's own history is cut.
  for (const objects of record.objectStores.slice(0, 1))
    await copyFile(join(objects, '../shallow'), join(store, 'shallow')).catch(() => undefined)
  const place = isolated(store, { objects: record.objectStores })
  // A pack as it is: what git writes one by one it may find in the host's store, and renew its time there.
  const checks = ['fetch.unpackLimit=1', 'transfer.unpackLimit=1', 'fetch.writeCommitGraph=false']
  const settings = checks.flatMap((setting) => ['-c', setting])
  const refspecs = wanted.map(({ name }) => `+${text(name)}:${text(storedName(name))}`)
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules']
  await git(host, place, [...settings, ...fetch, bundle, ...refspecs])
}

/** What has come, which the guest may have moved on meanwhile. */
async function received({ host }: WorkspaceContext, { store }: RecordFiles, { name }: GuestCommit): Promise<GuestCommit> {
  const commit = await git(host, isolated(store), ['rev-parse', '--verify', text(storedName(name))])
  return { name, commit: commit.trim() }
}

function storedName(name: string): string {
  return `refs/guest/${name}`
}

function text(name: string): string {
  return Buffer.from(name, 'latin1').toString()
}
