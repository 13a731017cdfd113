/** The JSON messages of the guest channel; docs/guest-channel.md says what they do. */

export interface StepState {
  name: string
  state: 'pending' | 'running' | 'done' | 'failed'
  exitCode?: number
  /** Last line of its output, when it failed. */
  detail?: string
}

export interface ServiceState {
  name: string
  state: 'running' | 'stopped' | 'failed'
  pid?: number
  restarts: number
}

export interface Health {
  /** The agent's version. */
  version: string
  /** `waiting`: serves, not configured yet; `configured`: configured at least once. */
  phase: 'waiting' | 'configured'
  /** `uname -r` */
  kernel: string
  /** Path of the image's init, or '' when the agent is PID 1. */
  init: string
  /** Milliseconds since the kernel started. */
  uptime: number
  firstBoot: StepState[]
  services: ServiceState[]
}

export interface ConfigureAnswer {
  /** What could not be done, but keeps nothing else from working. */
  warnings: string[]
}

export interface ExecStart {
  argv: string[]
  env?: Record<string, string>
  cwd?: string
  user?: string
  tty?: false | { rows: number; cols: number; term: string }
}

export interface ExecExit {
  /** 128 + n when a signal ended it. */
  code: number
  signal?: string
}

export interface ListeningPort {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  pid?: number
  process?: string
}

export interface GuestStats {
  /** Milliseconds since the kernel started. */
  uptime: number
  /** 1, 5 and 15 minutes. */
  load: [number, number, number]
  /** KiB */
  memory: { total: number; available: number }
  /** Clock ticks (1/100 s) since boot, over all CPUs. */
  cpu: { busy: number; total: number; count: number }
  /** The root filesystem, KiB. */
  disk: { total: number; available: number }
  /** Bytes since boot, loopback left out. */
  network: { received: number; sent: number }
}
