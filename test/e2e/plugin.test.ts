import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { Banger, program } from './banger.ts'
import { linkPlugin } from './link-plugin.ts'
import { Scratch } from './scratch.ts'

const agent = join(program, '../banger-vsock-agent')

/** An image source whose only layer holds one static program. */
const source = `
import { execFileSync } from 'node:child_process'
import { mkdirSync, copyFileSync, mkdtempSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fail } from '@banger/core'

export const extend = () => ({
  name: 'banger-plugin-tiny',
  coreRange: '>=0.1.0',
  apply(hooks) {
    hooks.imageSources.tap('banger-plugin-tiny', (registry) => registry.add('banger-plugin-tiny', {
      scheme: 'tiny',
      summary: 'tiny:<anything>, one static program',
      async resolve(ref) {
        if (ref === 'broken') throw fail('not-supported', { reason: 'tiny:broken is broken', advice: 'Use tiny:fine.' })
        return { digest: 'tiny-1', name: 'tiny-' + ref, config: { env: ['TINY=yes'] }, async *layers() {
          const dir = mkdtempSync(process.env.HOME + '/tiny-')
          mkdirSync(dir + '/bin')
          copyFileSync(process.env.TINY_PROGRAM, dir + '/bin/tiny')
          yield Readable.from([execFileSync('tar', ['-c', '-C', dir, '.'], { maxBuffer: 1 << 28 })])
        } }
      },
    }))
  },
})
`

describe('a plugin from outside the repository', () => {
  it('adds an image source through banger:extend alone, and a VM boots from it', async () => {
    await using scratch = new Scratch({ TINY_PROGRAM: agent })
    const suite = new Banger(inject('home'))
    const [kernel] = await suite.kernels()
    const { vmlinux, modules } = kernel?.files ?? { vmlinux: '' }
    linkPlugin(scratch, 'banger-plugin-tiny', source)
    await scratch.ok(['kernel', 'import', '--name', 'borrowed', '--kernel', vmlinux, ...(modules ? ['--modules', modules] : [])])
    await scratch.ok(['image', 'pull', 'tiny:fine'])
    expect((await scratch.images()).map((image) => [image.name, image.init])).toEqual([['tiny-fine', '']])
    const answer = await scratch.ok(['vm', 'run', '--image', 'tiny-fine', '--', '/bin/tiny', 'version'])
    expect(answer).toMatch(/\d+\.\d+/)

    const refused = await scratch.run(['image', 'pull', 'tiny:broken'])
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('Use tiny:fine.')])
  })
})
