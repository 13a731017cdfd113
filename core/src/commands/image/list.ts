import { formatTable } from '../../client/output/table.ts'
import { formatAge, formatBytes } from '../../client/output/units.ts'
import type { Image } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImageList extends BangerCommand {
  static override description = 'List the images that VMs can be made of.'
  static override examples = ['<%= config.bin %> image list', '<%= config.bin %> image list --json']

  async run(): Promise<Image[]> {
    await this.parse(ImageList)
    const images = await this.client().images()
    if (images.length > 0) this.log(table(images))
    else this.note('There are no images. Get one with: banger image pull debian:bookworm')
    return images
  }
}

function table(images: Image[]): string {
  return formatTable(images, {
    name: (image) => image.name,
    source: (image) => image.source,
    system: (image) => image.os?.prettyName ?? image.os?.id,
    kernel: (image) => image.kernel ?? 'default',
    size: (image) => formatBytes(image.size),
    created: (image) => formatAge(image.createdAt),
  })
}
