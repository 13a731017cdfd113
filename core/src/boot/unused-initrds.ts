import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kernel } from '../protocol/model.ts'
import { initrdPath } from './initrd.ts'

/**
 * Initrds that no VM would boot with any more: of another agent, or of a kernel that is gone. Absolute paths.
 * @param kernels asked after the folder was read, so that the initrd of a kernel that is being added is no surprise
 */
export async function unusedInitrds(options: { agent: string; dir: string; kernels: () => Kernel[] }): Promise<string[]> {
  const { agent, dir, kernels } = options
  const names = await readdir(dir).catch(() => [])
  const used = new Set(await Promise.all(kernels().map((kernel) => initrdPath({ agent, kernel, dir }))))
  return names
    .filter((name) => name.endsWith('.cpio'))
    .map((name) => join(dir, name))
    .filter((path) => !used.has(path))
}
