import type { AddImage, Image } from '@banger/core'
import { BangerCommand, existingPath, Flags, formatBytes, kernelFlags, kernelRequest } from '@banger/core/command'

export default class ImageRegister extends BangerCommand {
  static override description =
    'Make an image of a root filesystem on this machine.\nAn ext4 file is used where it lies; a folder or a tar is copied.'
  static override examples = [
    '<%= config.bin %> image register --name base --rootfs ./rootfs.ext4 --kernel ./vmlinux',
    '<%= config.bin %> image register --name base --rootfs ./rootfs.tar.zst',
  ]
  static override flags = {
    'name': Flags.string({ description: 'name to give it', required: true }),
    'rootfs': Flags.string({
      description: 'ext4 file, folder or tar (plain, gzip, zstd, xz)',
      required: true,
      helpValue: '<path>',
    }),
    ...kernelFlags,
    'work-seed': Flags.string({ description: "ext4 file whose copy becomes each VM's disk at /root", helpValue: '<file>' }),
  }

  async run(): Promise<Image> {
    const { flags } = await this.parse(ImageRegister)
    const [rootfs, workSeed, kernel] = await Promise.all([
      existingPath(flags.rootfs),
      existingPath(flags['work-seed']),
      kernelRequest(flags),
    ])
    const request: AddImage = { ref: `file:${rootfs}`, name: flags.name, ...kernel, ...(workSeed ? { workSeed } : {}) }
    const image = await this.operate((options) => this.client().addImage(request, options))
    this.log(`${image.name} is here: ${image.os?.prettyName ?? 'an unknown system'}, ${formatBytes(image.size)}`)
    if (image.init === '') this.log('It has no init: the agent runs as the first process of its VMs.')
    return image
  }
}
