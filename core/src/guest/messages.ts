/** The JSON messages of the guest channel; docs/guest-channel.md says what they do. */

/** How far a first-boot step is. */
export interface StepState {
  name: string
  state: 'pending' | 'running' | 'done' | 'failed'
  /** The command that failed, and its status. */
  command?: string[]
  exitCode?: number
  /** Why it failed: the last lines of the command's output, or why it could not be run. */
  detail?: string
  /** Absolute path in the guest of what it has written; `GET /v1/logs?name=first-boot-<name>` reads it. */
  log?: string
}

/** A program that the agent keeps running. */
export interface ServiceState {
  name: string
  /** `waiting`: for the first-boot step that it comes after. */
  state: 'waiting' | 'running' | 'stopped' | 'failed'
  pid?: number
  restarts: number
}

/** What the agent says of itself and of the guest. */
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

/** What unpacking a tar stream wrote. */
export interface FilesAnswer {
  entries: number
  /** Bytes of all files. */
  bytes: number
}

/** What a path of the guest leads to, through links. */
export interface FileStat {
  /** `link`: one that leads nowhere. `other`: a device, a pipe, a socket. */
  type: 'file' | 'folder' | 'link' | 'other'
  /** Bytes. */
  size: number
  /** `0o644` */
  mode: number
  /** Absolute, without links. */
  path: string
}

/** The first frame of an exec. */
export interface ExecStart {
  /** Not empty; the first is looked up in the PATH of the merged environment, unless it has a slash. */
  argv: string[]
  /** Laid over the guest's default environment. */
  env?: Record<string, string>
  /** Absolute; must exist. Default: `GuestConfig.workingDir`, else the user's home, else `/`. */
  cwd?: string
  /** Name or number, with `:group` after it if need be. Default: root. */
  user?: string
  /** A terminal of this size; default none. */
  tty?: false | { rows: number; cols: number; term: string }
}

export interface ExecExit {
  /** 128 + n when a signal ended it. */
  code: number
  signal?: string
}

/** A port that a program in the guest listens on. */
export interface ListeningPort {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  pid?: number
  process?: string
}

/** What a guest uses, by its own account. */
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
  /** TCP: connections that others have to programs in the guest now, and all that were accepted since boot, the guest's own too. A VM that was started by an earlier banger does not tell. */
  connections?: { inbound: number; accepted: number }
}
