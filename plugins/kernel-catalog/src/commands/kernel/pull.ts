import type { Kernel, PullKernel } from '@banger/core'
import { Args, BangerCommand, formatBytes } from '@banger/core/command'

export default class KernelPull extends BangerCommand {
  static override description = 'Fetch a kernel from a kernel source.'
  static override examples = ['<%= config.bin %> kernel pull generic-6.1']
  static override args = {
    name: Args.string({ description: 'name as in: banger kernel list --available', required: true, ignoreStdin: true }),
  }

  async run(): Promise<Kernel> {
    const { args } = await this.parse(KernelPull)
    const request: PullKernel = { name: args.name }
    const what = `Pulling the kernel "${args.name}"`
    const kernel = await this.operate((options) =>
      this.client().operation<Kernel>('POST', '/v1/kernels/pull', request, { what, ...options }),
    )
    this.log(`${kernel.name} is here: Linux ${kernel.release ?? 'of an unknown release'}, ${formatBytes(kernel.size)}`)
    return kernel
  }
}
