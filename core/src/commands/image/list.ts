import { formatTable } from '../../client/output/table.ts'
import { formatAge, formatBytes } from '../../client/output/units.ts'
import type { ImageEntry } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImageList extends BangerCommand {
  static override description = `List the images that VMs can be made of.
SIZE is what the image takes on the disk. CACHED is what the cache keeps of its layers, for the next pull; SHARED is the part of CACHED that other images have, too. Deleting an image frees SIZE, unless its root filesystem is a file of yours; image prune frees CACHED less SHARED after that.`
  static override examples = ['<%= config.bin %> image list', '<%= config.bin %> image list --json']

  async run(): Promise<ImageEntry[]> {
    await this.parse(ImageList)
    const images = await this.client().images()
    if (images.length > 0) this.log(table(images))
    else this.note('There are no images. Get one with: banger image pull debian:bookworm')
    return images
  }
}

function table(images: ImageEntry[]): string {
  return formatTable(images, {
    name: (image) => image.name,
    source: (image) => image.source,
    digest: (image) => /^sha256:([0-9a-f]{12})/.exec(image.digest)?.[1],
    size: (image) => formatBytes(image.size),
    cached: (image) => (image.cached ? formatBytes(image.cachedSize) : undefined),
    shared: (image) => (image.cached ? formatBytes(image.sharedSize) : undefined),
    created: (image) => formatAge(image.createdAt),
  })
}
