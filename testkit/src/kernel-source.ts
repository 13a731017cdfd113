import assert from 'node:assert/strict'
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { AvailableKernel, KernelFiles, KernelSource, ProgressEvent } from '@banger/core'
import { type Check, once, within } from './check.ts'
import { isAborted } from './errors.ts'
import { leftoversOf } from './leftovers.ts'
import { assertGoodProgress } from './progress.ts'
import type { TestHost } from './test-host.ts'

/** A kernel source to check, and what it needs to show itself. */
export interface KernelSourceSubject {
  source: KernelSource
  /** The host that the source was made with. */
  host: TestHost
  /** The kernels to pull; all that it lists when missing. */
  kernels?: string[]
}

/** What a kernel source promises (`KernelSource` of @banger/core). */
export function kernelSourceChecks(subject: KernelSourceSubject): Check[] {
  const { source } = subject
  const listed = once(() => within('available()', source.available(quiet())))
  const names = async () => subject.kernels ?? (await listed()).map(({ name }) => name)
  const each = (run: (name: string) => Promise<void>) => async () => {
    for (const name of await names()) await run(name)
  }
  return [
    { sentence: 'lists kernels, each by a name of its own', run: async () => isWellFormed(await listed()) },
    {
      sentence: 'pulls a kernel into the folder that it is given, and puts nothing elsewhere',
      run: each((name) => pulls(subject, name)),
    },
    { sentence: 'leaves other names to others', run: () => leavesOthers(subject) },
    {
      sentence: 'stops when it is told to, and leaves nothing outside of that folder',
      run: each((name) => stops(subject, name)),
    },
  ]
}

const quiet = () => ({ signal: new AbortController().signal, progress: () => undefined })

function isWellFormed(kernels: AvailableKernel[]): void {
  assert.ok(kernels.length > 0, 'it lists none: nothing can be checked')
  for (const { name, version, arch, summary, size } of kernels) {
    assert.match(name, /^[a-z0-9][a-z0-9._-]{0,62}$/, `"${name}" is no name for a kernel`)
    assert.match(version, /^\S+$/, `"${version}" is no version (${name})`)
    assert.ok(['x64', 'arm64'].includes(arch), `"${arch}" is no architecture as in process.arch (${name})`)
    assert.match(summary, /^\S.*$/, `the summary of ${name} is no line of text`)
    assert.ok(size === undefined || size > 0, `the size of ${name} is ${size}`)
  }
  const names = kernels.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length, `it lists a name twice: ${names.join(', ')}`)
  assert.ok(kernels.filter((kernel) => kernel.default).length <= 1, 'several are the default one')
}

async function pulls({ source, host }: KernelSourceSubject, name: string): Promise<void> {
  const events: ProgressEvent[] = []
  await inFolder(host, async (dir) => {
    const { outcome, left } = await leftoversOf(host, async () =>
      within(`pull("${name}")`, source.pull(name, { ...quiet(), dir, progress: (event) => void events.push(event) })),
    )
    if ('error' in outcome && outcome.error !== undefined) throw outcome.error
    assert.ok(outcome.value, `it lists ${name}, and pull() gives undefined`)
    await holds(outcome.value, dir, name)
    const elsewhere = left.filter((thing) => !thing.includes(`${dir}/`))
    assert.deepEqual(elsewhere, [], `it leaves ${elsewhere.join(', ')}`)
    assertGoodProgress(events)
  })
}

async function holds({ kernel, modules, config, initrd }: KernelFiles, dir: string, name: string): Promise<void> {
  for (const path of [kernel, modules, config, initrd]) {
    if (path === undefined) continue
    assert.ok(isAbsolute(path) && path.startsWith(`${dir}/`), `${path} of ${name} does not lie in the folder that it was given`)
    await assert.doesNotReject(access(path), `${path} of ${name} is not there`)
  }
  assert.ok((await stat(kernel)).size > 0, `the kernel ${name} is empty`)
  if (!modules) return
  const releases = await readdir(modules)
  const found = await Promise.all(releases.map((release) => stat(join(modules, release, 'modules.dep')).catch(() => undefined)))
  assert.ok(found.some(Boolean), `the modules of ${name} have no <release>/modules.dep: ${releases.join(', ') || 'nothing'}`)
}

async function leavesOthers({ source, host }: KernelSourceSubject): Promise<void> {
  await inFolder(host, async (dir) => {
    const found = await within('pull() of another name', source.pull('no-such-kernel', { ...quiet(), dir }))
    assert.equal(found, undefined, 'it gives files for a name that nobody knows')
    assert.deepEqual(await readdir(dir), [], 'it writes files for a name that nobody knows')
  })
}

async function stops({ source, host }: KernelSourceSubject, name: string): Promise<void> {
  for (const late of [false, true]) {
    const controller = new AbortController()
    if (!late) controller.abort()
    await inFolder(host, async (dir) => {
      const { outcome, left } = await leftoversOf(host, () => {
        const live = { signal: controller.signal, progress: () => controller.abort() }
        return within(`the pull of ${name}, told to stop,`, source.pull(name, { ...live, dir }))
      })
      if (outcome.error instanceof assert.AssertionError) throw outcome.error
      assert.ok(!outcome.error || isAborted(outcome.error), `told to stop, it fails with another error: ${String(outcome.error)}`)
      const elsewhere = left.filter((thing) => !thing.startsWith(`the file ${dir}/`))
      assert.deepEqual(elsewhere, [], `told to stop, it leaves ${elsewhere.join(', ')}`)
    })
  }
}

async function inFolder(host: TestHost, use: (dir: string) => Promise<void>): Promise<void> {
  const dir = join(host.folder, 'kernel')
  await mkdir(dir)
  await use(dir).finally(() => rm(dir, { recursive: true, force: true }))
}
