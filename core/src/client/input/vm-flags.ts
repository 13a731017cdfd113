import { integer, string } from '@oclif/core/flags'
import type { CreateVm } from '../../protocol/api.ts'
import { parsePublish } from './publish.ts'
import { parseSize } from './size.ts'

/** The flags of `vm create` and `vm run` that say what VM to make. */
export const vmFlags = {
  image: string({ description: 'image to boot (default: default_image_name of the configuration)' }),
  name: string({ description: 'name of the VM (default: one is made up)' }),
  vcpus: integer({ description: 'number of virtual CPUs', min: 1 }),
  memory: string({ description: 'memory, like 2G or 512M' }),
  disk: string({ description: 'size of the disk that takes what the VM writes, like 20G' }),
  network: string({ description: "network driver to plug it into, none, or auto (default: the configuration's network)" }),
  publish: string({
    description: 'port of the VM to publish on this host: 8080:80, 127.0.0.1:8080:80, or 80 for a free port',
    multiple: true,
    multipleNonGreedy: true,
  }),
  vmm: string({ description: "VMM driver to run it with, or auto (default: the configuration's vmm)" }),
}

export interface VmFlags {
  image?: string | undefined
  name?: string | undefined
  vcpus?: number | undefined
  memory?: string | undefined
  disk?: string | undefined
  network?: string | undefined
  publish?: string[] | undefined
  vmm?: string | undefined
}

/** @throws usage for a size or a port that can't be read */
export function createRequest(flags: VmFlags): CreateVm {
  const { image, name, vcpus, memory, disk, network, publish, vmm } = flags
  return {
    ...(image === undefined ? {} : { image }),
    ...(name === undefined ? {} : { name }),
    ...(vcpus === undefined ? {} : { vcpus }),
    ...(memory === undefined ? {} : { memory: parseSize(memory) }),
    ...(disk === undefined ? {} : { disk: parseSize(disk) }),
    ...(network === undefined ? {} : { network }),
    ...(publish === undefined ? {} : { publish: publish.map(parsePublish) }),
    ...(vmm === undefined ? {} : { vmm }),
  }
}
