import { resolve } from 'node:path'
import type { ImportKernel, Kernel } from '@banger/core'
import { BangerCommand, Flags, formatBytes } from '@banger/core/command'

export default class KernelImport extends BangerCommand {
  static override description =
    'Add a kernel of your own.\nAn uncompressed ELF vmlinux or a vmlinuz. The files are copied; yours can go afterwards.'
  static override examples = [
    '<%= config.bin %> kernel import --name mine --kernel ./vmlinux',
    '<%= config.bin %> kernel import --name mine --kernel ./vmlinuz --modules ./lib/modules',
  ]
  static override flags = {
    name: Flags.string({ description: 'name to give it', required: true }),
    kernel: Flags.string({ description: 'the vmlinux or vmlinuz', required: true, helpValue: '<file>' }),
    modules: Flags.string({
      description: 'folder of its modules: /lib/modules/<release>, or the folder above it',
      helpValue: '<folder>',
    }),
    initrd: Flags.string({
      description: "initrd to use in place of banger's, which would bring the guest agent along",
      helpValue: '<file>',
    }),
    config: Flags.string({ description: 'its build configuration, which tells what it can do', helpValue: '<file>' }),
  }

  async run(): Promise<Kernel> {
    const { flags } = await this.parse(KernelImport)
    const request: ImportKernel = {
      name: flags.name,
      kernel: resolve(flags.kernel),
      ...(flags.modules ? { modules: resolve(flags.modules) } : {}),
      ...(flags.initrd ? { initrd: resolve(flags.initrd) } : {}),
      ...(flags.config ? { config: resolve(flags.config) } : {}),
    }
    const what = `Importing the kernel "${flags.name}"`
    const kernel = await this.operate((options) =>
      this.client().operation<Kernel>('POST', '/v1/kernels/import', request, { what, ...options }),
    )
    this.log(`${kernel.name} is here: Linux ${kernel.release ?? 'of an unknown release'}, ${formatBytes(kernel.size)}`)
    return kernel
  }
}
