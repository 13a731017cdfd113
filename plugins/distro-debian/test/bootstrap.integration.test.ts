import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host, ProgressEvent } from '@banger/core'
import { afterAll, expect, test } from 'vitest'
import { run, stream } from '../../../core/src/host/run.ts'
import { which } from '../../../core/src/host/which.ts'
import { buildRootfs } from '../../../core/src/rootfs/build-rootfs.ts'
import { hostCodename } from '../src/host-apt.ts'
import { debianSource } from '../src/source.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-bootstrap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const host = { run, stream, which } as unknown as Host
const image = join(folder, 'image.ext4')
const bootstraps = spawnSync('mmdebstrap', ['--version']).status === 0
const options = { signal: new AbortController().signal, progress: () => undefined }

test.skipIf(!bootstraps)(
  'a minimal Debian (needs mmdebstrap and a mirror) becomes a rootfs without an init',
  { timeout: 180_000 },
  async () => {
    const events: ProgressEvent[] = []
    const live = { ...options, progress: (event: ProgressEvent) => void events.push(event) }
    const suite = (await hostCodename()) ?? 'stable'
    const found = await debianSource(host).resolve(`${suite}/minimal`, live)
    if (!found) throw new Error('not resolved')
    expect(found.name).toBe(`debian-${suite}-minimal`)
    const built = await buildRootfs(found.layers(live), image, { ...options })
    expect(built).toMatchObject({ init: '', os: { id: 'debian' } })
    expect(events.some(({ id, state }) => id === 'debian:download' && state === 'done')).toBe(true)
    expect(execFileSync('/usr/sbin/e2fsck', ['-fn', image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toContain(
      'Pass 5',
    )
  },
)

test.skipIf(!bootstraps)(
  'a suite that the mirror does not have fails with what mmdebstrap says',
  { timeout: 60_000 },
  async () => {
    const found = await debianSource(host).resolve('duke', options)
    if (!found) throw new Error('not resolved')
    const building = buildRootfs(found.layers(options), image, options)
    await expect(building).rejects.toMatchObject({ code: 'tool.failed' })
  },
)
