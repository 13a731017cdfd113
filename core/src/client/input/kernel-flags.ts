import { string } from '@oclif/core/flags'
import type { AddImage } from '../../protocol/api.ts'
import { existingPath } from './existing-path.ts'

/** The flags of `image pull` and `image register` that say what kernel the image boots with. */
export const kernelFlags = {
  'kernel-ref': string({
    description: 'name of a kernel that banger has (default: the default kernel)',
    exclusive: ['kernel'],
    helpValue: '<kernel>',
  }),
  kernel: string({ description: 'vmlinux or vmlinuz to boot it with', helpValue: '<file>' }),
  initrd: string({ description: "initrd to use in place of banger's", dependsOn: ['kernel'], helpValue: '<file>' }),
  modules: string({ description: "folder of the kernel's modules", dependsOn: ['kernel'], helpValue: '<folder>' }),
}

/** What those flags were given. */
export interface KernelFlags {
  'kernel-ref'?: string | undefined
  kernel?: string | undefined
  initrd?: string | undefined
  modules?: string | undefined
}

/** @throws usage for a path that is not there */
export async function kernelRequest(flags: KernelFlags): Promise<Pick<AddImage, 'kernelRef' | 'kernel'>> {
  const [kernel, initrd, modules] = await Promise.all([flags.kernel, flags.initrd, flags.modules].map(existingPath))
  return {
    ...(flags['kernel-ref'] ? { kernelRef: flags['kernel-ref'] } : {}),
    ...(kernel ? { kernel: { kernel, ...(initrd ? { initrd } : {}), ...(modules ? { modules } : {}) } } : {}),
  }
}
