import { string } from '@oclif/core/args'
import { formatServices, formatSteps } from '../../client/output/first-boot.ts'
import { formatFields } from '../../client/output/table.ts'
import { formatAge, formatMebibytes } from '../../client/output/units.ts'
import { describeAddress, formatPorts } from '../../client/output/vm.ts'
import { formatGuestUsage, formatHostUsage, formatIdle } from '../../client/output/usage.ts'
import type { Health } from '../../guest/messages.ts'
import type { VmEntry } from '../../protocol/model.ts'
import { BangerCommand } from '../base.ts'

export default class VmShow extends BangerCommand {
  static override description = 'Show everything about a VM.'
  static override examples = ['<%= config.bin %> vm show testbox', '<%= config.bin %> vm show testbox --json']
  static override args = { vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }) }

  async run(): Promise<VmEntry & Guest> {
    const { args } = await this.parse(VmShow)
    const vm = await this.client().vm(args.vm)
    const guest = vm.state === 'running' ? await this.#guest(vm) : {}
    this.log(describe(vm, guest))
    return { ...vm, ...guest }
  }

  /** A guest that does not answer must not keep the rest from being shown. */
  async #guest(vm: VmEntry): Promise<Guest> {
    try {
      const { firstBoot, services } = await this.client().health(vm.id)
      return { firstBoot, services }
    } catch (error) {
      this.note(`Warning: ${error instanceof Error ? error.message : error}`)
      return {}
    }
  }
}

/** What a running guest tells. */
type Guest = Partial<Pick<Health, 'firstBoot' | 'services'>>

function describe(vm: VmEntry, { firstBoot = [], services = [] }: Guest): string {
  return formatFields({
    name: vm.name,
    id: vm.id,
    state: vm.state,
    image: vm.image,
    kernel: vm.kernel,
    vmm: vm.machine ? `${vm.vmm} (pid ${vm.machine.pid})` : vm.vmm,
    vcpus: vm.vcpus,
    memory: formatMebibytes(vm.memory),
    disk: formatMebibytes(vm.disk),
    network: vm.network,
    address: describeAddress(vm),
    ports: formatPorts(vm) || undefined,
    created: formatAge(vm.createdAt),
    started: vm.startedAt && vm.state === 'running' ? formatAge(vm.startedAt) : undefined,
    idle: formatIdle(vm),
    'in the guest': formatGuestUsage(vm.usage),
    'on this host': formatHostUsage(vm.usage),
    'last stop': vm.exit?.detail,
    ephemeral: vm.ephemeral ? 'yes: removed when its command ends' : undefined,
    console: vm.consoleLog,
    'first boot': formatSteps(vm.name, firstBoot) || undefined,
    services: formatServices(services) || undefined,
    warnings: vm.warnings.join('\n') || undefined,
  })
}
