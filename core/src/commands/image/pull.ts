import { string as stringArg } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { kernelFlags, kernelRequest } from '../../client/input/kernel-flags.ts'
import { formatBytes } from '../../client/output/units.ts'
import type { AddImage } from '../../protocol/api.ts'
import type { Image } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class ImagePull extends BangerCommand {
  static override description = `Fetch an image of a registry, or of another image source.
References are read as Docker and podman read them: ubuntu:22.04 is docker.io/library/ubuntu:22.04. One that begins with the scheme of a source is that source's: debian:bookworm is bootstrapped from the Debian mirror and boots systemd; Docker's image of that name is docker.io/library/debian:bookworm.`
  static override examples = [
    '<%= config.bin %> image pull debian:bookworm',
    '<%= config.bin %> image pull ubuntu:22.04 --name base --kernel-ref generic-6.1',
    '<%= config.bin %> image pull registry.lan:5000/team/box@sha256:… --insecure',
    '<%= config.bin %> image pull docker.io/library/debian:bookworm --name second --offline',
    '<%= config.bin %> image pull alpine:3.20 --kernel ./vmlinux --modules ./lib/modules',
    '<%= config.bin %> image pull oci-layout:/srv/layout:v1 --platform linux/amd64/v2',
  ]
  static override args = {
    ref: stringArg({ description: 'reference, like docker.io/library/debian:bookworm', required: true, ignoreStdin: true }),
  }
  static override flags = {
    name: string({ description: 'name to give it (default: made of the reference: debian-bookworm)' }),
    ...kernelFlags,
    platform: string({
      description: "os/arch[/variant] to choose of an image for several (default: this machine's)",
      helpValue: 'linux/amd64',
    }),
    insecure: boolean({
      description: "for this pull, don't check the registry's certificate, and take plain HTTP where it does not speak TLS",
    }),
    offline: boolean({
      description: 'ask no registry: take what is cached; a tag is what it was when it was last looked up',
      exclusive: ['insecure'],
    }),
  }

  async run(): Promise<Image> {
    const { args, flags } = await this.parse(ImagePull)
    const { name, platform, insecure, offline } = flags
    const request: AddImage = {
      ref: args.ref,
      ...(name ? { name } : {}),
      ...(await kernelRequest(flags)),
      ...(platform === undefined ? {} : { platform }),
      ...(insecure ? { insecure } : {}),
      ...(offline ? { offline } : {}),
    }
    const image = await this.operate((options) => this.client().addImage(request, options))
    this.log(`${image.name} is ready (${formatBytes(image.size)})`)
    return image
  }
}
