import { unlink } from 'node:fs/promises'
import type { Body } from '../api/deserialize.ts'
import { Fault } from '../api/fault.ts'
import type { OperationName } from '../api/operations.ts'
import type { DriveConfig, NetworkConfig, VmConfig } from './config.ts'
import type { HostFiles } from './host-files.ts'

/** Bytes of boot arguments at most. */
const longestCommandLine = 2048

type Step = (config: VmConfig, body: Body, host: HostFiles) => VmConfig | Promise<VmConfig>

/** What can be set before InstanceStart, with all that is checked then. Each step gives the new configuration. @throws Fault */
export const configure: Partial<Record<OperationName, Step>> = {
  'PUT /machine-config': (config, body) =>
    setMachine({ ...config, machine: { ...config.machine, smt: false, huge_pages: 'None' } }, body),
  'PATCH /machine-config': setMachine,
  'PUT /boot-source': setBootSource,
  'PUT /drives/{drive_id}': setDrive,
  'PUT /network-interfaces/{iface_id}': setNetwork,
  'PUT /vsock': setVsock,
  'PUT /entropy': (config, body) => ({ ...config, entropy: body }),
  'PUT /balloon': setBalloon,
  'PUT /serial': (config, body) => ({ ...config, serial: body }),
  'PUT /cpu-config': (config) => config,
  'PUT /metrics': async (config, { metrics_path }, host) => {
    const problem = await host.openProblem(String(metrics_path), 'a')
    if (problem) throw new Fault(`Metrics error: Cannot initialize the metrics system due to bad user input: ${problem}`)
    return config
  },
  'PUT /mmds/config': setMmdsConfig,
}

/** Steps that leave a VM fit for a snapshot to be loaded. */
export const untouching: OperationName[] = ['PUT /metrics', 'PUT /logger', 'PUT /serial', 'PUT /cpu-config']

function setMachine(config: VmConfig, body: Body): VmConfig {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
  const machine: VmConfig['machine'] = { ...config.machine, ...given }
  const { vcpu_count: vcpus, mem_size_mib: memory, smt, huge_pages } = machine
  if (vcpus === 0 || vcpus > 32 || (smt && vcpus > 1 && vcpus % 2 === 1)) {
    throw new Fault(
      'Machine config error: The number of vCPUs must be greater than 0, less than 32 and must be 1 or an even number if SMT is enabled.',
    )
  }
  if (memory === 0 || (huge_pages !== 'None' && memory % 2 === 1)) {
    throw new Fault('Machine config error: The memory size (MiB) is either 0, or not a multiple of the configured page size.')
  }
  if (config.balloon && config.balloon.amount_mib > memory) {
    throw new Fault('Machine config error: The memory size (MiB) is smaller than the previously set balloon device target size.')
  }
  return { ...config, machine }
}

async function setBootSource(config: VmConfig, body: Body, host: HostFiles): Promise<VmConfig> {
  const bootSource = body as VmConfig['bootSource'] & Body
  const kernel = await host.openProblem(bootSource.kernel_image_path, 'r')
  if (kernel) throw new Fault(`Boot source error: The kernel file cannot be opened: ${kernel}`)
  const initrd = bootSource.initrd_path ? await host.openProblem(bootSource.initrd_path, 'r') : undefined
  if (initrd) {
    throw new Fault(`Boot source error: The initrd file cannot be opened due to invalid path or invalid permissions. ${initrd}`)
  }
  if ((bootSource.boot_args ?? '').length >= longestCommandLine)
    throw new Fault('Boot source error: The kernel command line is invalid: Too large')
  return { ...config, bootSource }
}

async function setDrive(config: VmConfig, body: Body, host: HostFiles): Promise<VmConfig> {
  const drive = body as unknown as DriveConfig
  const position = config.drives.findIndex(({ drive_id }) => drive_id === drive.drive_id)
  if (drive.is_root_device && config.drives[0]?.is_root_device && position !== 0)
    throw new Fault('Drive config error: A root block device already exists!')
  const create = 'Drive config error: Unable to create the virtio block device:'
  if (body.socket) throw new Fault(`${create} Vhost user error: the stand-in has no vhost-user drives.`)
  if (!drive.path_on_host) throw new Fault(`${create} Invalid block config.`)
  const problem = await host.openProblem(drive.path_on_host, drive.is_read_only ? 'r' : 'r+')
  if (problem)
    throw new Fault(`${create} Virtio backend error: Error manipulating the backing file: ${problem} ${drive.path_on_host}`)
  const drives = position < 0 ? [...config.drives, drive] : config.drives.with(position, drive)
  const root = drives.filter(({ is_root_device }) => is_root_device)
  return { ...config, drives: [...root, ...drives.filter(({ is_root_device }) => !is_root_device)] }
}

function setNetwork(config: VmConfig, body: Body, host: HostFiles): VmConfig {
  const network = body as unknown as NetworkConfig
  const others = config.networks.filter(({ iface_id }) => iface_id !== network.iface_id)
  const mac = network.guest_mac?.toLowerCase()
  if (mac && others.some(({ guest_mac }) => guest_mac?.toLowerCase() === mac))
    throw new Fault(`Network config error: The MAC address is already in use: ${mac}`)
  const problem = host.tapProblem(network.host_dev_name)
  if (problem) throw new Fault(`Network config error: Could not create the network device: Open tap device failed: ${problem}`)
  return { ...config, networks: [...others, network] }
}

async function setVsock(config: VmConfig, body: Body, host: HostFiles): Promise<VmConfig> {
  const { guest_cid, uds_path } = body as unknown as NonNullable<VmConfig['vsock']>
  if (config.vsock) {
    config.vsock.server.close()
    await unlink(config.vsock.uds_path).catch(() => undefined)
  }
  const server = await host.bindSocket(uds_path).catch((error: Error) => {
    const why = `Error binding to the host-side Unix socket: ${error.message}`
    throw new Fault(`Vsock config error: Cannot create backend for vsock device: ${why}`)
  })
  return { ...config, vsock: { guest_cid, uds_path, server } }
}

function setBalloon(config: VmConfig, body: Body): VmConfig {
  const balloon = body as NonNullable<VmConfig['balloon']>
  if (balloon.amount_mib > config.machine.mem_size_mib)
    throw new Fault('Balloon config error: Amount of pages requested is too large.')
  return { ...config, balloon }
}

function setMmdsConfig(config: VmConfig, body: Body): VmConfig {
  const wanted = body.network_interfaces as string[]
  const error = (what: string): Fault => new Fault(`MMMDS config error: ${what}`)
  if (wanted.length === 0) throw error('The list of network interface IDs that allow forwarding MMDS requests is empty.')
  if (!wanted.every((id) => config.networks.some(({ iface_id }) => iface_id === id))) {
    throw error(
      'The list of network interface IDs provided contains at least one ID that does not correspond to any existing network interface.',
    )
  }
  return { ...config, mmds: { ...config.mmds, config: body } }
}
