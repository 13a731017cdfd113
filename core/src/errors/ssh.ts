import { topic } from './topic.ts'

/** Errors of SSH, and what is spoken over it. */
export const ssh = topic({
  'acp.no-agent': {
    status: 404,
    message: 'There is no opencode in the guest of "{name}".',
    hint: 'Install it there, so that a login shell finds it: banger vm ssh {name} -- opencode --version',
  },
  'ssh.failed': { status: 502, message: 'SSH to the VM "{name}" failed: {reason}', hint: '{advice}' },
})
