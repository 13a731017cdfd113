import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, type Host, type Progress } from '@banger/core'

export interface AptOptions {
  signal: AbortSignal
  progress: Progress
}

/** Milliseconds that package lists count as fresh. */
const freshFor = 24 * 3600 * 1000
const hostLists = '/var/lib/apt/lists'
const sources = ['/etc/apt/sources.list', '/etc/apt/sources.list.d']
/** What an `apt-get update` of the host's leaves behind; the lists themselves carry the server's times. */
const hostStamps = [hostLists, join(hostLists, 'partial'), '/var/lib/apt/periodic/update-success-stamp']

/**
 * Finds package lists that are fresh enough: the host's own, or else a copy that belongs to banger and is brought up to date
 * here. The host's sources, keys and proxies count for both; its state is only read, so no privileges are needed.
 * @param renew take no list that was there before
 * @returns a configuration file for `apt-get -c` and `apt-cache -c`
 * @throws tool.failed when there are no lists at all and none can be fetched
 */
export async function freshLists(host: Host, options: AptOptions, renew = false): Promise<string> {
  const own = join(host.dirs.cache, 'apt')
  await makeFolders(own)
  const ofHost = await writeConfig(join(own, 'host-lists.conf'), own, hostLists)
  const ofOwn = await writeConfig(join(own, 'own-lists.conf'), own, join(own, 'lists'))
  const stamp = join(own, 'updated')
  if (!renew && (await isFresh(hostStamps)) && (await hasLists(hostLists))) return ofHost
  if (!renew && (await isFresh([stamp])) && (await hasLists(join(own, 'lists')))) return ofOwn
  const problem = await update(host, ofOwn, options)
  if (!problem) await writeFile(stamp, '')
  if (await hasLists(join(own, 'lists'))) return ofOwn
  if (await hasLists(hostLists)) return ofHost
  throw fail('tool.failed', {
    tool: 'apt-get update',
    reason: problem ?? 'it fetched no package lists',
    advice: 'Is the network up, and does apt know any source (/etc/apt/sources.list)?',
  })
}

/** @returns what went wrong, if anything did: lists of an earlier time, or of other sources, may still serve */
async function update(host: Host, config: string, { signal, progress }: AptOptions): Promise<string | undefined> {
  const step = { id: 'apt-lists', message: "Fetching the distribution's package lists" }
  progress({ ...step, state: 'running' })
  try {
    await host.run('apt-get', ['-c', config, 'update'], { signal, env: { LC_ALL: 'C' } })
    progress({ ...step, state: 'done' })
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    host.log.warn({ err: error }, 'apt-get update failed')
    progress({ ...step, message: 'Not all package lists could be fetched', state: 'failed' })
    return reason
  }
}

/**
 * Read after the host's configuration (apt.conf(5)). The hooks that the host runs after an update concern its own lists, and
 * of the indexes only the packages are needed.
 */
async function writeConfig(path: string, own: string, lists: string): Promise<string> {
  const quoted = (value: string): string => `"${value.replaceAll('"', '%22')}"`
  await writeFile(
    path,
    `Dir::State ${quoted(join(own, 'state'))};
Dir::State::lists ${quoted(lists)};
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache ${quoted(join(own, 'cache'))};
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::DEP-11-icons;
#clear Acquire::IndexTargets::deb::Contents-deb;
#clear Acquire::IndexTargets::deb-src::Sources;
`,
  )
  return path
}

async function makeFolders(own: string): Promise<void> {
  for (const folder of ['state', 'lists/partial', 'cache/archives/partial']) await mkdir(join(own, folder), { recursive: true })
}

/** Young enough, and younger than what the sources were last changed to. */
async function isFresh(stamps: string[]): Promise<boolean> {
  const updated = Math.max(...(await Promise.all(stamps.map(changedAt))))
  const configured = Math.max(...(await Promise.all(sources.map(changedAt))))
  return updated > Date.now() - freshFor && updated >= configured
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

async function hasLists(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  return names.some((name) => /_Packages(\.\w+)?$/.test(name))
}
