import { access } from 'node:fs/promises'
import { ensureInitrd } from '../boot/initrd.ts'
import { fail } from '../errors.ts'
import type { Drive, MachineSpec } from '../hooks/vmm.ts'
import type { Image, Kernel, Vm } from '../protocol/model.ts'
import type { Paths } from '../store/paths.ts'
import type { Engine } from './engine.ts'

/** What the VMM is told about a VM. @throws image.not-found, kernel.not-found */
export async function machineSpec(engine: Engine, vm: Vm, signal: AbortSignal): Promise<MachineSpec> {
  const image = engine.store.images.get(vm.image)
  const kernel = engine.store.kernels.get(vm.kernel)
  if (!image) throw fail('image.not-found', { name: vm.image })
  if (!kernel) throw fail('kernel.not-found', { name: vm.kernel })
  const files = engine.paths.vm(vm.id)
  const initrd =
    kernel.files.initrd ??
    (await ensureInitrd({ agent: engine.agentBinary, kernel, dir: engine.paths.initrds, host: engine.host, signal }))
  return buildSpec({ vm, image, kernel, initrd, files, hasWork: await exists(files.work) })
}

interface SpecInput {
  vm: Vm
  image: Image
  kernel: Kernel
  initrd: string
  files: ReturnType<Paths['vm']>
  hasWork: boolean
}

/** Pure: the drives in the order in which the guest names them, and the command line that says what each is. */
export function buildSpec({ vm, image, kernel, initrd, files, hasWork }: SpecInput): MachineSpec {
  const drives: Drive[] = [
    { id: 'root', path: image.files.rootfs, readOnly: true },
    { id: 'overlay', path: files.overlay, readOnly: false },
    ...(kernel.files.modulesImage ? [{ id: 'modules' as const, path: kernel.files.modulesImage, readOnly: true }] : []),
    ...(hasWork ? [{ id: 'work' as const, path: files.work, readOnly: false }] : []),
  ]
  const places = drives.map((drive, index) => `banger.${drive.id}=vd${String.fromCharCode(97 + index)}`)
  return {
    id: vm.id,
    name: vm.name,
    dir: files.dir,
    vcpus: vm.vcpus,
    memory: vm.memory,
    kernel: { path: kernel.files.vmlinux, cmdline: [...places, `banger.init=${image.init || 'none'}`] },
    initrd,
    drives,
    ...(vm.attachment ? { attachment: vm.attachment } : {}),
    consoleLog: files.consoleLog,
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
