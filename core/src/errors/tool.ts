import { topic } from './topic.ts'

/** Errors of the host's programs. */
export const tool = topic({
  'tool.missing': { status: 503, message: 'The program {tool} is not installed.', hint: 'Install it: {advice}' },
  'tool.failed': { status: 500, message: '{tool} failed: {reason}', hint: '{advice}' },
})
