import { topic } from './topic.ts'

/** Errors of sessions. */
export const session = topic({
  'session.not-found': {
    status: 404,
    message: 'There is no session "{name}" in the guest.',
    hint: 'See what there is with: banger vm session list VM',
  },
  'session.exists': {
    status: 409,
    message: 'A session named "{name}" exists already in the guest.',
    hint: 'Choose another name, or remove it first, also when it has ended: banger vm session delete VM SESSION',
  },
  'session.preflight': {
    status: 400,
    message: 'The guest lacks {missing}.',
    hint: 'Install or make that in the guest first, or name full paths. Nothing was started.',
  },
  'session.running': {
    status: 409,
    message: 'The session "{name}" is running.',
    hint: 'Stop it first with: banger vm session stop VM SESSION. Or add --force.',
  },
  'session.detached': {
    status: 409,
    message: 'The session "{name}" has no pipe to attach to.',
    hint: 'Read its output with: banger vm session logs VM SESSION --follow. To attach, start sessions with --stdin-mode pipe.',
  },
  'session.attached': {
    status: 409,
    message: 'The session "{name}" is attached already.',
    hint: 'End that one first, or read along with: banger vm session logs VM SESSION --follow',
  },
  'session.lost': {
    status: 410,
    message: 'How the session "{name}" ended is not known.',
    hint: 'What it wrote until then is kept: banger vm session logs VM SESSION',
  },
  'session.taken-over': {
    status: 409,
    message: 'Another client was attached to the session "{name}" while the connection was broken.',
    hint: 'What you had typed may not have arrived. Attach again to go on.',
  },
})
