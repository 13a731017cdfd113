/** @import { KernelSource } from '@banger/core' */
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The kernels in a folder: `my-kernel.vmlinux` is offered as `my-kernel`.
 * @param {string} folder
 * @param {string} arch what they are made for
 * @returns {KernelSource}
 */
export function kernelSource(folder, arch) {
  const list = async () => {
    const files = await readdir(folder).catch(() => [])
    return files.filter((file) => file.endsWith('.vmlinux')).map((file) => file.slice(0, -'.vmlinux'.length))
  }
  return {
    name: 'sample',
    async available() {
      const names = await list()
      return names.map((name) => ({ name, version: name, arch, summary: `${name} of ${folder}` }))
    },
    async pull(name, { dir, signal }) {
      if (!(await list()).includes(name)) return undefined
      signal.throwIfAborted()
      const kernel = join(dir, 'vmlinux')
      await copyFile(join(folder, `${name}.vmlinux`), kernel)
      return { kernel }
    },
  }
}
