import type { Kernel } from '@banger/core'
import { Args, BangerCommand, formatAge, formatBytes, formatFields } from '@banger/core/command'

export default class KernelShow extends BangerCommand {
  static override description = 'Show everything about a kernel.'
  static override examples = ['<%= config.bin %> kernel show generic-6.1']
  static override args = { kernel: Args.string({ description: 'name of a kernel', required: true, ignoreStdin: true }) }

  async run(): Promise<Kernel> {
    const { args } = await this.parse(KernelShow)
    const kernel = await this.client().get<Kernel>(`/v1/kernels/${encodeURIComponent(args.kernel)}`)
    this.log(describe(kernel))
    return kernel
  }
}

function describe({ files, features, ...kernel }: Kernel): string {
  const able = Object.entries(features)
  const names = (wanted: boolean): string => able.flatMap(([name, has]) => (has === wanted ? [name] : [])).join(', ')
  return formatFields({
    name: kernel.name,
    release: kernel.release,
    architecture: kernel.arch,
    origin: kernel.origin,
    digest: kernel.digest,
    features: names(true) || 'none',
    lacks: names(false) || undefined,
    kernel: files.vmlinux,
    modules: files.modulesImage ?? 'none',
    initrd: files.initrd ?? 'made by banger',
    config: files.config,
    size: formatBytes(kernel.size),
    created: formatAge(kernel.createdAt),
  })
}
