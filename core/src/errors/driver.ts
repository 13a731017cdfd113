import { topic } from './topic.ts'

/** Errors of the choice and the work of VMMs and networks. */
export const driver = topic({
  'driver.not-found': { status: 400, message: 'There is no {kind} named "{name}".', hint: 'Available: {available}.' },
  'driver.unusable': { status: 503, message: 'The {kind} "{name}" cannot be used here: {reason}', hint: '{advice}' },
  'driver.mismatch': {
    status: 400,
    message: 'The VMM {vmm} takes networks of the kind {takes}, and the network {network} is of the kind {gives}.',
    hint: 'Choose another with --network or --vmm.',
  },
  'driver.kernel': {
    status: 400,
    message: 'The VMM {vmm} needs a kernel with {needs}, which the kernel "{kernel}" lacks.',
    hint: 'Choose another with --vmm, or an image with another kernel: banger kernel list',
  },
  'network.conflict': {
    status: 409,
    message: 'The bridge {bridge} cannot be made: {reason}.',
    hint: 'Choose another bridge_name, cidr or bridge_ip in the configuration, or remove what is in the way.',
  },
  'network.full': {
    status: 507,
    message: 'No address of {cidr} is free: VMs have all {count}.',
    hint: 'A VM keeps its address until it is deleted: banger vm list --all. Or set a larger cidr in the configuration.',
  },
  'network.no-tap': {
    status: 503,
    message: 'No tap is ready for the VM, and none can be made on {bridge}: {reason}',
    hint: 'See what is missing with: banger doctor',
  },
  'network.service-failed': {
    status: 503,
    message: 'The service that names VMs and publishes their ports does not run: {reason}',
    hint: 'Its log may say more: {log}',
  },
  'vmm.refused': {
    status: 400,
    message: '{vmm} refused {call} for the VM "{name}": {reason}',
    hint: '{advice}',
  },
  'forward.unavailable': {
    status: 409,
    message: 'The port {address}:{port} of this host cannot be taken: {reason}',
    hint: 'Take another one: banger vm port-forward {vm} <port>:{guest}, or :{guest} for a free one',
  },
  'port.in-use': {
    status: 409,
    message: 'The host port {address}:{port} is in use already.',
    hint: 'Publish another one: --publish <free port>:{guest}',
  },
})
