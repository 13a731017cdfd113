import { string } from '@oclif/core/args'
import { formatFields } from '../../client/output/table.ts'
import { formatAge, formatBytes } from '../../client/output/units.ts'
import type { Image } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImageShow extends BangerCommand {
  static override description = 'Show everything about an image.'
  static override examples = ['<%= config.bin %> image show debian-bookworm']
  static override args = { image: string({ description: 'name of an image', required: true, ignoreStdin: true }) }

  async run(): Promise<Image> {
    const { args } = await this.parse(ImageShow)
    const image = await this.client().image(args.image)
    this.log(describe(image))
    return image
  }
}

function describe(image: Image): string {
  return formatFields({
    name: image.name,
    source: image.source,
    digest: image.digest,
    system: image.os?.prettyName ?? image.os?.id,
    kernel: image.kernel ?? 'default',
    init: image.init || 'none (the agent is PID 1)',
    rootfs: image.managed ? image.files.rootfs : `${image.files.rootfs} (yours: not deleted with the image)`,
    'work seed': image.files.workSeed,
    environment: image.config.env?.join('\n'),
    user: image.config.user,
    folder: image.config.workingDir,
    size: formatBytes(image.size),
    created: formatAge(image.createdAt),
  })
}
