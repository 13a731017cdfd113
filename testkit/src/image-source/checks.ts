import assert from 'node:assert/strict'
import { access, rm } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { identifyFile, type ImageSource, type ResolvedImage } from '@banger/core'
import { type Check, once, rejection, within } from '../check.ts'
import { assertGoodError } from '../errors.ts'
import { abortChecks } from './abort.ts'
import { pull, type Pulled, resolve } from './pull.ts'
import type { ImageSourceSubject } from './subject.ts'

/** What an image source promises (`ImageSource` of @banger/core). */
export function imageSourceChecks(subject: ImageSourceSubject): Check[] {
  const { source, foreign = [], failing = {}, change } = subject
  return [
    {
      sentence: 'says what it is: a scheme, a line of summary, options that there are',
      run: async () => describesItself(source),
    },
    ...subject.references.flatMap((reference) => referenceChecks(subject, reference)),
    ...foreign.map((reference) => ({
      sentence: `leaves ${reference} to others`,
      run: async () => assert.equal(await resolve(source, reference, { named: false }), undefined),
    })),
    ...Object.entries(failing).map(([reference, code]) => ({
      sentence: `fails with ${code} for ${reference}`,
      run: async () => assertGoodError(await rejection(reference, pull(subject, reference)), reference, code),
    })),
    ...(change
      ? [
          {
            sentence: `gives ${change.reference} another digest once it leads to something else`,
            run: () => changes(subject, change),
          },
        ]
      : []),
  ]
}

function referenceChecks(subject: ImageSourceSubject, reference: string): Check[] {
  const { source, host, unstable = [] } = subject
  const first = once(() => pull(subject, reference))
  const second = once(async () => [await first(), await pull(subject, reference)] as const)
  const check = (sentence: string, run: () => Promise<void>): Check => ({ sentence: `${sentence}: ${reference}`, run })
  return [
    check('yields layers that become a root filesystem', async () => void (await first())),
    check('gives it a name, a configuration, and a digest', async () => isWellFormed((await first()).found)),
    check('tells of its progress in steps that end', async () => (await first()).assertGoodProgress()),
    check('leaves no file outside of the cache, none open and no process', async () => nothingLeft(await first())),
    ...(unstable.includes(reference)
      ? []
      : [check('gives the same digest at the next look', async () => sameDigest(await second()))]),
    check('makes the same root filesystem of the same digest', async () => sameRootfs(await second())),
    ...(source.cachedFiles
      ? [check('lists what it keeps in the cache, all of which may go', () => keepsCache(subject, reference, second))]
      : []),
    ...(source.takes?.includes('offline')
      ? [check('gives it without asking anybody, once it is cached', () => worksOffline(subject, reference, second))]
      : []),
    ...(source.takes?.includes('platform')
      ? [check('gives it for the platform that is asked for', () => givesPlatform(source, reference, host.arch))]
      : []),
    ...abortChecks(subject, reference),
  ]
}

function describesItself({ scheme, summary, takes = [] }: ImageSource): void {
  assert.match(scheme, /^[a-z][a-z0-9-]*$/, `"${scheme}" is no scheme`)
  assert.match(summary, /^\S.*$/, 'its summary is no line of text')
  const options = ['platform', 'insecure', 'offline']
  for (const option of takes) assert.ok(options.includes(option), `it takes ${option}, which is none of ${options.join(', ')}`)
}

async function isWellFormed({ name, digest, config, rootfs, size, cached = [] }: ResolvedImage): Promise<void> {
  assert.match(name, /^[a-z0-9][a-z0-9._-]{0,62}$/, `"${name}" is no name for an image`)
  assert.match(digest, /^\S(.*\S)?$/, 'its digest is no line of text')
  for (const variable of config.env ?? []) assert.match(variable, /^[^=]+=/, `"${variable}" is no variable of an environment`)
  for (const path of [rootfs, ...cached]) assert.ok(path === undefined || isAbsolute(path), `${path} is no absolute path`)
  assert.ok(size === undefined || size > 0, `its size is ${size}`)
  if (rootfs) assert.equal((await identifyFile(rootfs)).format, 'ext4', `${rootfs} is no ext4 file`)
}

async function nothingLeft({ left }: Pulled): Promise<void> {
  assert.deepEqual(left, [], `it leaves ${left.join(', ')}`)
}

function sameDigest([one, other]: readonly [Pulled, Pulled]): void {
  assert.equal(other.found.digest, one.found.digest, 'the digest is another one at the next look, though nothing changed')
}

function sameRootfs([one, other]: readonly [Pulled, Pulled]): void {
  if (one.found.digest !== other.found.digest) return
  assert.equal(other.rootfs, one.rootfs, `two root filesystems of the digest ${one.found.digest} differ`)
}

async function keepsCache(
  subject: ImageSourceSubject,
  reference: string,
  pulled: () => Promise<readonly [Pulled, Pulled]>,
): Promise<void> {
  const { source, host } = subject
  const [{ found }] = await pulled()
  const kept = (await source.cachedFiles?.()) ?? []
  for (const path of kept) {
    assert.ok(path.startsWith(`${host.dirs.cache}/`), `${path} does not lie in the cache folder, ${host.dirs.cache}`)
    await assert.doesNotReject(access(path), `cachedFiles() lists ${path}, which is not there`)
  }
  for (const path of found.cached ?? []) assert.ok(kept.includes(path), `${path} is cached, and cachedFiles() does not list it`)
  for (const path of kept) await rm(path, { force: true })
  const anew = await pull(subject, reference)
  assert.equal(anew.found.digest, found.digest, 'the digest is another one once the cache was emptied')
}

async function worksOffline(
  subject: ImageSourceSubject,
  reference: string,
  pulled: () => Promise<readonly [Pulled, Pulled]>,
): Promise<void> {
  const [{ found }] = await pulled()
  await pull(subject, reference)
  const again = await pull(subject, reference, { offline: true })
  assert.equal(again.found.digest, found.digest, 'offline, the digest is another one')
  for (const path of (await subject.source.cachedFiles?.()) ?? []) await rm(path, { force: true })
  assertGoodError(await rejection('offline, with an empty cache, it', pull(subject, reference, { offline: true })), 'offline, it')
}

async function givesPlatform(source: ImageSource, reference: string, arch: string): Promise<void> {
  const platform = `linux/${arch === 'x64' ? 'amd64' : arch}`
  const found = await within(`resolve("${reference}")`, resolve(source, reference, { platform }))
  assert.ok(found?.platform?.startsWith(platform), `asked for ${platform}, it gives ${found?.platform}`)
}

async function changes(subject: ImageSourceSubject, { reference, by }: { reference: string; by(): unknown }): Promise<void> {
  const before = await pull(subject, reference)
  await by()
  const after = await pull(subject, reference)
  assert.notEqual(after.rootfs, before.rootfs, 'the test changed nothing: the root filesystem is the same')
  assert.notEqual(after.found.digest, before.found.digest, 'the digest is the same, and what it leads to is not')
}
