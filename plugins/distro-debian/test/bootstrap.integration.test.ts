import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testHost } from '@banger/plugin-testkit'
import { afterAll, expect, test } from 'vitest'
import { buildRootfs } from '../../../core/src/rootfs/build-rootfs.ts'
import { debianSource } from '../src/source.ts'

const folder = mkdtempSync(join(tmpdir(), 'banger-bootstrap-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const host = testHost({ folder })
const bootstraps = spawnSync('mmdebstrap', ['--version']).status === 0
const options = { signal: new AbortController().signal, progress: () => undefined }

// a bootstrap that succeeds: test/integration/debian-image.integration.test.ts
test.skipIf(!bootstraps)(
  'a suite that the mirror does not have fails with what mmdebstrap says (needs mmdebstrap)',
  { timeout: 60_000 },
  async () => {
    const found = await debianSource(host).resolve('duke', options)
    if (!found) throw new Error('not resolved')
    const building = buildRootfs(found.layers(options), join(folder, 'image.ext4'), options)
    await expect(building).rejects.toMatchObject({ code: 'tool.failed' })
  },
)
