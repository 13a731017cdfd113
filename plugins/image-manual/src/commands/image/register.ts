import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AddImage, Image } from '@banger/core'
import { BangerCommand, fail, Flags, formatBytes } from '@banger/core/command'

export default class ImageRegister extends BangerCommand {
  static override description =
    'Make an image of a root filesystem on this machine: an ext4 file is used where it lies; a folder or a tar is copied.'
  static override examples = [
    '<%= config.bin %> image register --name base --rootfs ./rootfs.ext4 --kernel ./vmlinux --modules ./modules',
    '<%= config.bin %> image register --name base --rootfs ./rootfs.tar.zst --kernel-ref generic-6.1',
  ]
  static override flags = {
    'name': Flags.string({ description: 'name to give it', required: true }),
    'rootfs': Flags.string({ description: 'path of an ext4 file, a folder or a tar (plain, gzip, zstd, xz)', required: true }),
    'kernel': Flags.string({ description: 'path of a vmlinux or vmlinuz to boot it with' }),
    'initrd': Flags.string({ description: "initrd to use in place of banger's", dependsOn: ['kernel'] }),
    'modules': Flags.string({ description: "folder of the kernel's modules", dependsOn: ['kernel'] }),
    'kernel-ref': Flags.string({
      description: 'name of a kernel that banger has; without any: the default one',
      exclusive: ['kernel'],
    }),
    'work-seed': Flags.string({ description: "ext4 file whose copy becomes each VM's disk at /root" }),
  }

  async run(): Promise<Image> {
    const { flags } = await this.parse(ImageRegister)
    const [rootfs, kernel, initrd, modules, workSeed] = await Promise.all(
      [flags.rootfs, flags.kernel, flags.initrd, flags.modules, flags['work-seed']].map(existing),
    )
    const request: AddImage = {
      ref: `file:${rootfs}`,
      name: flags.name,
      ...(flags['kernel-ref'] ? { kernelRef: flags['kernel-ref'] } : {}),
      ...(kernel ? { kernel: { kernel, ...(initrd ? { initrd } : {}), ...(modules ? { modules } : {}) } } : {}),
      ...(workSeed ? { workSeed } : {}),
    }
    const image = await this.operate((options) => this.client().addImage(request, options))
    this.log(`${image.name} is here: ${image.os?.prettyName ?? 'an unknown system'}, ${formatBytes(image.size)}`)
    if (image.init === '') this.log('It has no init: the agent runs as the first process of its VMs.')
    return image
  }
}

/** Absolute, and there; the daemon's folder is not the user's, and what is missing should not be asked of it. */
async function existing(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  const absolute = resolve(path)
  try {
    await access(absolute)
  } catch (error) {
    throw fail('usage', { reason: `${path} is not there, or you may not read it.` }, error)
  }
  return absolute
}
