import { Args, BangerCommand } from '@banger/core/command'

export default class KernelDelete extends BangerCommand {
  static override description = 'Delete kernels that no image and no VM uses.'
  static override examples = ['<%= config.bin %> kernel delete generic-6.1']
  static override args = {
    kernel: Args.string({ description: 'name of a kernel', required: true, multiple: true, ignoreStdin: true }),
  }

  async run(): Promise<{ deleted: string[] }> {
    const { args } = await this.parse(KernelDelete)
    const deleted = await this.each(args.kernel, async (name) => {
      await this.client().delete(`/v1/kernels/${encodeURIComponent(name)}`)
      // Said at once: when another name fails, this one is gone all the same.
      this.log(`${name} is deleted`)
      return name
    })
    return { deleted }
  }
}
