import { topic } from './topic.ts'

/** Errors of images, the registries that they come from, and what was downloaded of them. */
export const image = topic({
  'image.not-found': {
    status: 404,
    message: 'There is no image named "{name}".',
    hint: 'See what you have with: banger image list. Get one with: banger image pull debian:bookworm',
  },
  'image.exists': {
    status: 409,
    message: 'An image named "{name}" exists already.',
    hint: 'Choose another with --name, or remove it first: banger image delete {name}',
  },
  'image.in-use': {
    status: 409,
    message: 'The image "{name}" is used by: {users}.',
    hint: 'Delete those VMs first: banger vm delete {users}',
  },
  'image.interrupted': {
    status: 499,
    message: 'Interrupted: the image "{image}" was not added.',
    hint: 'Run it again when you like: layers that had come whole are cached (banger image prune frees them).',
  },
  'image.none': {
    status: 404,
    message: 'No image is registered, and no plugin offers a default one.',
    hint: 'Register one: banger image register --help',
  },
  'image.no-source': {
    status: 400,
    message: 'No image source knows the reference "{ref}".',
    hint: 'References look like debian:bookworm; sources here: {sources}.',
  },
  'image.option': {
    status: 400,
    message: 'The image source {source} does not take --{option}.',
    hint: 'Leave it out. References that take it: {able}.',
  },
  'image.reference': { status: 400, message: '{ref} names no image: {reason}', hint: '{advice}' },
  'image.not-cached': {
    status: 404,
    message: 'The image {image} is not in the cache: {missing}.',
    hint: 'Pull it without --offline while its registry can be reached.',
  },
  'image.platform': {
    status: 400,
    message: 'An image for {platform} cannot boot here: {reason}',
    hint: 'Pull it on such a machine, or the one for this machine with: --platform {usable}',
  },
  'image.invalid': {
    status: 400,
    message: 'The root filesystem {path} cannot be used: {reason}',
    hint: '{advice}',
  },
  'image.refused': {
    status: 400,
    message: 'The image {image} cannot be used: {reason}',
    hint: 'Check the reference. If it is right, the image must be made anew, for this machine and by a current tool.',
  },
  'registry.unauthorized': {
    status: 401,
    message: 'The registry {registry} does not give {repository} to you{detail}.',
    hint: 'Check the name. If it is private, log in first: docker login {registry}, or podman login {registry}',
  },
  'registry.not-found': {
    status: 404,
    message: 'The registry {registry} has no image {ref}.',
    hint: 'Check the name and the tag.',
  },
  'registry.failed': {
    status: 502,
    message: 'The registry {registry} cannot be used: {reason}',
    hint: 'Check its name and the connection, or try again later. What was downloaded whole is kept.',
  },
  'registry.untrusted': {
    status: 502,
    message: 'The registry {registry} is not safe to use: {reason}',
    hint: 'If you trust it and the network between, add --insecure, or put it into the configuration: [plugins.image-oci] insecure = ["{registry}"]. An authority of your own is made known by NODE_EXTRA_CA_CERTS.',
  },
  'blob.corrupt': {
    status: 502,
    message: 'A part of {image} is not what it should be: {digest} {reason}',
    hint: 'Nothing of it was kept. Pull again; if it goes on, tell whoever maintains the image or the registry.',
  },
})
