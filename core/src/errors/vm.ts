import { topic } from './topic.ts'

/** Errors of VMs. */
export const vm = topic({
  'vm.not-found': { status: 404, message: 'There is no VM named "{name}".', hint: 'See what you have with: banger vm list' },
  'vm.exists': {
    status: 409,
    message: 'A VM named "{name}" exists already.',
    hint: 'Choose another name, or remove it first: banger vm delete {name}',
  },
  'vm.not-running': { status: 409, message: 'The VM "{name}" is {state}.', hint: 'Start it with: banger vm start {name}' },
  'vm.running': {
    status: 409,
    message: 'The VM "{name}" is running already.',
    hint: 'Open a shell in it with: banger vm ssh {name}',
  },
  'vm.delete-running': {
    status: 409,
    message: 'The VM "{name}" is running.',
    hint: 'Stop it first with: banger vm stop {name}. Or delete it as it is: banger vm delete --force {name}',
  },
  'vm.busy': {
    status: 409,
    message: '"{name}" is busy: {verb} is under way.',
    hint: 'Wait for it to finish and try again.',
  },
  'vm.boot-failed': {
    status: 500,
    message: 'The VM "{name}" did not become ready: {reason}',
    hint: 'Its console says more: {log}',
  },
  'vm.bad-name': {
    status: 400,
    message: '"{name}" is no name for a {kind}.',
    hint: 'Use 1 to 63 lower-case letters, digits and hyphens, and begin with a letter or digit.',
  },
})
