import { boolean } from '@oclif/core/flags'
import { formatTable } from '../../client/output/table.ts'
import { formatBytes } from '../../client/output/units.ts'
import { canAsk, confirm } from '../../client/terminal/confirm.ts'
import { fail } from '../../errors.ts'
import type { PrunedFiles, PrunedImages, PruneImages } from '../../protocol/api.ts'
import type { ImageEntry } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImagePrune extends BangerCommand {
  static override description = `Free what no image uses of the disk.
That are cached layers, downloads that broke off, and old initrds. Pulls under way are not disturbed, and whatever goes can be pulled again.
With --all, images go too that no VM is made of, after a question: those that were made of a folder or a tar of yours have to be registered again. Never deleted: the image that default_image_name names, root filesystems that lie where you registered them, and kernels (see: banger kernel delete).`
  static override examples = [
    '<%= config.bin %> image prune',
    '<%= config.bin %> image prune --all --dry-run',
    '<%= config.bin %> image prune --all --force --json',
  ]
  static override flags = {
    all: boolean({ char: 'a', description: 'delete images that no VM uses, too' }),
    'dry-run': boolean({ description: 'only say what would go' }),
    force: boolean({ char: 'f', description: 'do not ask before images are deleted' }),
  }

  async run(): Promise<PrunedImages | undefined> {
    const { flags } = await this.parse(ImagePrune)
    const request: PruneImages = { ...(flags.all ? { all: true } : {}), ...(flags['dry-run'] ? { dryRun: true } : {}) }
    if (flags.all && !flags.force && !flags['dry-run'] && !(await this.#mayDelete())) {
      this.note('Nothing was deleted.')
      return undefined
    }
    const pruned = await this.operate((options) => this.client().pruneImages(request, options), false)
    this.log(describe(pruned))
    if (pruned.unused.length > 0) this.note(describeUnused(pruned.unused))
    return pruned
  }

  /** @throws usage when nobody can be asked */
  async #mayDelete(): Promise<boolean> {
    if (this.jsonEnabled() || !canAsk())
      throw fail('usage', {
        reason: '--all deletes images, and nobody can be asked here: add --force, or --dry-run to see which.',
      })
    const { images } = await this.client().pruneImages({ all: true, dryRun: true })
    if (images.length === 0) return true
    process.stderr.write(`${table(images)}\n`)
    return confirm(`Delete ${count(images.length, 'image')}?`)
  }
}

function describe({ dryRun, images, cache, initrds, freed }: PrunedImages): string {
  const verb = dryRun ? 'Would delete' : 'Deleted'
  const lines = [
    ...images.map(({ name, size }) => `${verb} the image ${name} (${formatBytes(size)})`),
    ...describeFiles(`${verb} %s that no image uses`, 'cached file', cache),
    ...describeFiles(`${verb} %s that no kernel uses`, 'initrd', initrds),
  ]
  if (lines.length === 0) return 'Nothing is unused.'
  return [...lines, `${dryRun ? 'Would free' : 'Freed'} ${formatBytes(freed)}.`].join('\n')
}

function describeFiles(sentence: string, what: string, { files, size }: PrunedFiles): string[] {
  return files > 0 ? [`${sentence.replace('%s', count(files, what))} (${formatBytes(size)})`] : []
}

function describeUnused(images: ImageEntry[]): string {
  const [are, them] = images.length === 1 ? ['is', 'it'] : ['are', 'them']
  return `${count(images.length, 'image')} ${are} used by no VM; delete ${them} with: banger image prune --all`
}

function table(images: ImageEntry[]): string {
  return formatTable(images, {
    name: ({ name }) => name,
    source: ({ source }) => source,
    size: ({ size }) => formatBytes(size),
  })
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
