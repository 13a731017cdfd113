/** The guest's vsock port that the agent serves. Any above 1023 would do. */
export const agentPort = 1024

/**
 * Kernel arguments that belong to the machine Firecracker makes; core's come after them. They replace Firecracker's own, which are
 * these without the console and with `nomodule`, which would keep the initrd from loading modules.
 */
export const kernelArgs = [
  // The guest channel is a vsock port (docs/guest-channel.md).
  `banger.channel=vsock:${agentPort}`,
  'console=ttyS0',
  // Errors and panics still reach the console; everything else costs time on a serial port.
  'quiet',
  // A guest whose kernel panics resets at once, which ends its VM.
  'panic=-1',
  'reboot=k',
  'i8042.noaux',
  'i8042.nomux',
  'i8042.dumbkbd',
  'swiotlb=noforce',
]
