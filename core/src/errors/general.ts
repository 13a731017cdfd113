import { topic } from './topic.ts'

/** Errors of what has no topic of its own. */
export const general = topic({
  'internal': {
    status: 500,
    message: 'Something went wrong inside banger: {reason}',
    hint: 'The log has the details: banger daemon status names it.',
  },
  'usage': { status: 400, message: '{reason}', hint: 'Add --help to the command to see what it takes.' },
  'not-supported': { status: 400, message: '{reason}', hint: '{advice}' },
  'aborted': {
    status: 499,
    message: '{what} was interrupted and undone.',
    hint: 'Nothing was left behind; run it again when you like.',
  },
  'interrupted': {
    status: 499,
    message: 'Not waiting for "{what}" any longer.',
    hint: 'The daemon carries on with it; see how it ends with: banger {list}',
  },
})
