import { string } from '@oclif/core/args'

/** What a command about one session takes. */
export const sessionArgs = {
  vm: string({ description: 'name or id of a VM', required: true, ignoreStdin: true }),
  session: string({ description: 'name or id of a session', required: true, ignoreStdin: true }),
}
