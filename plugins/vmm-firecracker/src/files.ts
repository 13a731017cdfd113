/**
 * Firecracker's own files. They lie in its working directory, and relative names keep sockets below the 108 bytes of a path: the VM's
 * folder, or the root of its jail.
 */
export const files = {
  api: 'api.sock',
  vsock: 'vsock.sock',
  log: 'firecracker.log',
  metrics: 'firecracker.metrics',
} as const

/** The value of `--id`, by which a VM's process is found. */
export const instanceId = (id: string): string => `banger-${id}`
