import { type BangerError, fail } from '@banger/core'
import { supported } from '../version.ts'
import { type ApiCall, nameOf } from './call.ts'

/**
 * The error of a request that Firecracker refused: its words, the call that failed, and the setting to change.
 * @param vm the VM's name
 * @param fault Firecracker's words
 */
export function refusal(vm: string, call: ApiCall, fault: string): BangerError {
  const known = advices.find(([pattern]) => pattern.test(fault))
  const advice = known?.[1] ?? driveAdvice(call, fault) ?? versionAdvice
  return fail('vmm.refused', { vmm: 'Firecracker', name: vm, call: nameOf(call), reason: fault, advice })
}

/** For what no setting of a VM brings about: this driver and that Firecracker do not understand each other. */
const versionAdvice = `Point firecracker_bin at a Firecracker ${supported}, or use another VMM: --vmm qemu`

const kernelAdvice =
  'Give the VM another kernel: banger kernel list shows yours, and banger image register --kernel-ref takes one.'

const advices: [RegExp, string][] = [
  [/number of vCPUs/, 'Give it 1 to 32 virtual CPUs: --vcpus 2'],
  [/memory size \(MiB\)|smaller than the previously set balloon/, 'Give it another size of memory: --memory 1G'],
  [
    /Balloon config error|Amount of pages requested is too large/,
    'Make balloon_mib in [plugins.vmm-firecracker] smaller than the memory (--memory).',
  ],
  [/initrd file cannot be opened|Error with initrd/, kernelAdvice],
  [/kernel file cannot be opened|without kernel configuration|kernel command line|Kernel ?Loader|Cannot load/i, kernelAdvice],
  [/Invalid Memory Configuration|Cannot allocate memory/i, 'Give it less memory: --memory 512M'],
  [
    /MAC address is already in use|tap device|Network config error/i,
    'Plug it into another network: --network none. See also: banger doctor',
  ],
  [
    /host-side Unix socket|Vsock config error/,
    "Sockets cannot be made in the VM's folder; point XDG_STATE_HOME at another file system.",
  ],
  [/Kvm|\/dev\/kvm/i, 'Firecracker needs KVM: see banger doctor. Without it: --vmm qemu'],
  [/Too many open connections/, "Close the programs that hold connections to this VM's api.sock, or use another VMM: --vmm qemu"],
]

const driveAdvices: Record<string, string> = {
  root: 'Its image cannot be opened: banger image list shows where it is. Choose another with --image.',
  overlay: "The VM's own disk cannot be opened. Delete the VM and create it again, with --disk for another size.",
  modules: kernelAdvice,
  work: "The VM's work disk cannot be opened. Delete the VM and create it again, with another --image.",
}

function driveAdvice({ path }: ApiCall, fault: string): string | undefined {
  const id = /^\/drives\/(\w+)$/.exec(path)?.[1]
  return id && /backing file/.test(fault) ? driveAdvices[id] : undefined
}
