import { string as stringArg } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { formatBytes } from '../../client/output/units.ts'
import type { Image } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImagePull extends BangerCommand {
  static override description =
    'Fetch an image from an image source.\nWhat sources there are, and what their references look like, depends on the plugins; banger doctor lists them.'
  static override examples = [
    '<%= config.bin %> image pull debian:bookworm',
    '<%= config.bin %> image pull debian:bookworm --name base --kernel-ref generic-6.1',
  ]
  static override args = { ref: stringArg({ description: 'reference, like debian:bookworm', required: true, ignoreStdin: true }) }
  static override flags = {
    name: string({ description: 'name to give it (default: what the source proposes)' }),
    'kernel-ref': string({ description: 'name of a kernel to boot it with (default: the default kernel)' }),
  }

  async run(): Promise<Image> {
    const { args, flags } = await this.parse(ImagePull)
    const kernelRef = flags['kernel-ref']
    const request = { ref: args.ref, ...(flags.name ? { name: flags.name } : {}), ...(kernelRef ? { kernelRef } : {}) }
    const image = await this.operate((options) => this.client().addImage(request, options))
    this.log(`${image.name} is ready (${formatBytes(image.size)})`)
    return image
  }
}
