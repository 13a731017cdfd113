import { topic } from './topic.ts'

/** Errors of the configuration file. */
export const config = topic({
  'config.invalid': {
    status: 400,
    message: 'The configuration in {file} is not valid: {reason}',
    hint: 'Mend that line, or remove it to get the default.',
  },
  'config.unknown-key': { status: 400, message: 'The configuration in {file} has an unknown key "{key}".', hint: '{suggestion}' },
})
