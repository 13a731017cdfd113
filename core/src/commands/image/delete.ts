import { string } from '@oclif/core/args'
import { BangerCommand } from '../base.ts'

export default class ImageDelete extends BangerCommand {
  static override description = 'Delete images.\nA root filesystem of your own that was registered where it lies stays.'
  static override examples = ['<%= config.bin %> image delete debian-bookworm']
  static override args = { image: string({ description: 'name of an image', required: true, multiple: true }) }

  async run(): Promise<{ deleted: string[] }> {
    const { args } = await this.parse(ImageDelete)
    const deleted = await this.each(args.image, async (image) => {
      await this.client().deleteImage(image)
      return image
    })
    for (const image of deleted) this.log(`${image} is deleted`)
    return { deleted }
  }
}
