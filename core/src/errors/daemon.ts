import { topic } from './topic.ts'

/** Errors of the daemon and what it keeps. */
export const daemon = topic({
  'daemon.not-running': { status: 503, message: 'The banger daemon is not running.', hint: 'Start it with: banger daemon start' },
  'daemon.start-failed': {
    status: 503,
    message: 'The banger daemon could not be started: {reason}',
    hint: 'Its log may say more: {log}',
  },
  'daemon.already-running': {
    status: 409,
    message: 'Another banger daemon (pid {pid}) already serves {folder}.',
    hint: 'Use that one, or stop it first with: banger daemon stop',
  },
  'daemon.lost': {
    status: 503,
    message: 'The connection to the banger daemon was lost.',
    hint: 'Run the command again: the daemon starts by itself and VMs keep running. Its log: {log}',
  },
  'store.newer': {
    status: 500,
    message: 'The state in {file} was written by a newer banger (format {found}; this one knows up to {known}).',
    hint: 'Upgrade banger, or point XDG_STATE_HOME at another folder.',
  },
  'state.unwritable': {
    status: 500,
    message: 'banger cannot write to {folder}: {reason}',
    hint: 'Make the folder writable for you, or point {variable} at another one.',
  },
  'disk.full': {
    status: 507,
    message: 'The disk that holds {folder} is full.',
    hint: 'Free some space (banger image list and banger vm list show what banger holds) and try again.',
  },
})
