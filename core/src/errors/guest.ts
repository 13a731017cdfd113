import { topic } from './topic.ts'

/** Errors of what is asked of a running guest, and files copied to and from it. */
export const guest = topic({
  'guest.unreachable': {
    status: 503,
    message: 'The guest of "{name}" does not answer: {reason}',
    hint: 'Look at its console with: banger vm logs {name}',
  },
  'guest.command-not-found': {
    status: 404,
    message: '{command}: no such command in the guest.',
    hint: 'Give a full path, or install it in the guest first.',
  },
  'guest.command-not-executable': {
    status: 400,
    message: '{command}: cannot be executed in the guest.',
    hint: 'Make it executable there (chmod +x), or name the program that runs it.',
  },
  'guest.command-failed': {
    status: 500,
    message: '{command} could not be started in the guest: {reason}',
    hint: 'Look at what the guest has left: memory, processes and open files.',
  },
  'guest.bad-cwd': {
    status: 400,
    message: 'There is no folder {path} in the guest.',
    hint: 'Give a folder that exists, or make it first.',
  },
  'guest.bad-user': {
    status: 400,
    message: 'There is no user {user} in the guest.',
    hint: 'Give a name of its /etc/passwd, or a number.',
  },
  'guest.bad-path': { status: 404, message: '{path}: {reason}', hint: 'Give a path that exists in the guest.' },
  'guest.no-log': {
    status: 404,
    message: '{path}: the guest has no such log.',
    hint: 'See which steps and services it has with: banger vm show',
  },
  'guest.bad-archive': {
    status: 400,
    message: 'The archive was refused: {reason}',
    hint: 'Its names and links must stay inside the folder that it is unpacked to.',
  },
  'guest.dial-failed': {
    status: 502,
    message: 'Nothing answers on port {port} of the guest: {reason}',
    hint: 'See what listens there with: banger vm ports',
  },
  'guest.bad-request': {
    status: 400,
    message: 'The agent did not understand the request: {reason}',
    hint: 'The agent and the daemon may be of different versions: restart the VM.',
  },
  'guest.refused': {
    status: 502,
    message: 'The guest refused: {reason}',
    hint: 'Look at its console with: banger vm logs {name}',
  },
  'guest.disk-full': {
    status: 507,
    message: "The guest's disk is full: {reason}",
    hint: 'Remove something in the guest, or create a VM with a larger --disk.',
  },
  'copy.refused': { status: 400, message: '{reason}', hint: '{advice}' },
  'copy.interrupted': {
    status: 499,
    message: 'The copy to {target} was interrupted.',
    hint: 'No file is there by half. Run it again to copy the rest.',
  },
  'host.bad-path': { status: 404, message: '{path}: {reason}', hint: 'Give a path of this host that you can use.' },
})
