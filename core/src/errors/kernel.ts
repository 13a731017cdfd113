import { topic } from './topic.ts'

/** Errors of kernels and the catalogs that they come from. */
export const kernel = topic({
  'kernel.not-found': {
    status: 404,
    message: 'There is no kernel named "{name}".',
    hint: 'See what you have with: banger kernel list; what you can pull with: banger kernel list --available',
  },
  'kernel.exists': {
    status: 409,
    message: 'A kernel named "{name}" exists already.',
    hint: 'Remove it first: banger kernel delete {name}',
  },
  'kernel.in-use': { status: 409, message: 'The kernel "{name}" is used by: {users}.', hint: 'Delete those first.' },
  'kernel.invalid': {
    status: 400,
    message: '{path} is no kernel that banger can boot: {reason}',
    hint: 'Give an uncompressed ELF vmlinux or a bzImage (vmlinuz) for this machine.',
  },
  'kernel.none': {
    status: 404,
    message: 'No kernel is here, and no plugin offers a default one.',
    hint: 'Import one: banger kernel import --help',
  },
  'kernel.download-failed': {
    status: 502,
    message: 'The kernel "{name}" could not be fetched from {url}: {reason}',
    hint: 'Try again later. If it goes on, tell whoever maintains the catalog.',
  },
  'catalog.invalid': {
    status: 502,
    message: 'The kernel catalog {url} cannot be used: {reason}',
    hint: 'Check its address in the configuration ([plugins.kernel-catalog] catalogs), or tell whoever maintains it.',
  },
})
