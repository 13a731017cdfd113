import type { AvailableKernelEntry, Kernel } from '@banger/core'
import { BangerCommand, Flags, formatAge, formatBytes, formatTable } from '@banger/core/command'

export default class KernelList extends BangerCommand {
  static override description = 'List the kernels that are here, or those that can be pulled.'
  static override examples = ['<%= config.bin %> kernel list', '<%= config.bin %> kernel list --available']
  static override flags = {
    available: Flags.boolean({
      description: 'list what kernel sources offer; * marks the one that is taken when nobody chooses',
    }),
  }

  async run(): Promise<Kernel[] | AvailableKernelEntry[]> {
    const { flags } = await this.parse(KernelList)
    return flags.available ? this.#listAvailable() : this.#listHere()
  }

  async #listHere(): Promise<Kernel[]> {
    const kernels = await this.client().get<Kernel[]>('/v1/kernels')
    if (kernels.length > 0) this.log(tableOfKernels(kernels))
    else this.note('There are no kernels here. See what can be had with: banger kernel list --available')
    return kernels
  }

  async #listAvailable(): Promise<AvailableKernelEntry[]> {
    const what = 'Looking for kernels'
    const kernels = await this.operate((options) =>
      this.client().operation<AvailableKernelEntry[]>('GET', '/v1/kernels/available', undefined, { what, ...options }),
    )
    if (kernels.length > 0) this.log(tableOfAvailable(kernels))
    else this.note('No source offers a kernel. Import one of your own with: banger kernel import --help')
    return kernels
  }
}

function tableOfKernels(kernels: Kernel[]): string {
  return formatTable(kernels, {
    name: ({ name }) => name,
    release: ({ release }) => release,
    origin: ({ origin }) => origin,
    size: ({ size }) => formatBytes(size),
    created: ({ createdAt }) => formatAge(createdAt),
  })
}

function tableOfAvailable(kernels: AvailableKernelEntry[]): string {
  return formatTable(kernels, {
    name: ({ name, ...kernel }) => (kernel.default ? `${name} *` : name),
    version: ({ version }) => version,
    source: ({ source }) => source,
    download: ({ size }) => (size === undefined ? undefined : formatBytes(size)),
    here: ({ pulled }) => (pulled ? 'yes' : 'no'),
    summary: ({ summary }) => summary,
  })
}
