import type { GuestInterface } from './network.ts'

/** A command run in the guest without a shell. */
export interface GuestCommand {
  argv: string[]
  env?: Record<string, string>
}

/** A file to write in the guest, atomically, at every start. A file or link at its path is replaced. */
export interface GuestFile {
  /** Absolute. */
  path: string
  /** base64 */
  content: string
  /** `0o600` */
  mode: number
  uid?: number
  gid?: number
  /** Mode of folders that are missing on the way: `0o700`. Default 0o755. */
  folderMode?: number
  /**
   * Who gives it: the plugin's name. The file is removed from the guest at the first start at which nobody gives it any more;
   * one without an owner stays for good.
   */
  owner?: string
}

/** A program that the agent keeps running. */
export interface GuestService {
  name: string
  argv: string[]
  env?: Record<string, string>
  cwd?: string
  restart: 'always' | 'on-failure' | 'no'
  /** Name of a first-boot step: the service does not start before that is done. */
  after?: string
}

/** Commands that run once in a VM's life, in the background, after the guest is ready. */
export interface FirstBootStep {
  /** Unique; a step whose name is recorded as done on the VM's disk does not run again. */
  name: string
  commands: GuestCommand[]
  /** Absolute path in the guest. Where it is there, the step is done without running. */
  creates?: string
  /** Why this guest has no commands for it: the step counts as failed, for this reason. */
  impossible?: string
}

/**
 * What the agent is told at every start, in one idempotent call (PUT /v1/configure).
 * Mirrored by `agent/configure`; both sides test the messages in agent/testdata.
 */
export interface GuestConfig {
  hostname: string
  interfaces: GuestInterface[]
  /** Lines for /etc/hosts besides localhost and the VM's own. */
  hosts: { address: string; names: string[] }[]
  /** OpenSSH public keys that may log in as root. */
  authorizedKeys: string[]
  /** The guest's own OpenSSH host key pair (OpenSSH private key format). */
  sshHostKeys: { type: 'ed25519'; privateKey: string; publicKey: string }[]
  files: GuestFile[]
  /** Default environment of everything the agent runs. */
  environment: Record<string, string>
  /** Default working directory of exec; `/root` when missing or absent in the guest. */
  workingDir?: string
  services: GuestService[]
  firstBoot: FirstBootStep[]
  /** Milliseconds since 1970: the guest's clock is set to it. */
  clock: number
  /** Mixed into the guest's entropy pool. base64, 32 bytes. */
  entropy: string
  /** 32 hexadecimal digits; the same for the whole life of a VM. */
  machineId: string
}
