import type { PublishedPort } from '@banger/core'

/**
 * What the daemon and the bridge's service say to each other over the service's unix socket: one JSON object a line. The
 * service begins with a Greeting; then each Request for VMs is answered by a PortsAnswer, in order.
 */
export interface Greeting {
  /** Says which program with which options this is: another one is to be replaced. */
  identity: string
}

/**
 * All VMs that are plugged in, each time; without any and without a daemon, the service ends. Or the word to end at once: it closes
 * the connection.
 */
export type Request = { vms: ServedVm[] } | { stop: true }

export interface ServedVm {
  id: string
  name: string
  /** `172.16.0.2` */
  address: string
  publish: PublishedPort[]
}

export interface PortsAnswer {
  /** The ports that are open, by VM id; a hostPort that was 0 is the one that was chosen. */
  ports: Record<string, PublishedPort[]>
  refused: RefusedPort[]
}

/** A port that could not be opened, and the system's reason: `EADDRINUSE`. */
export interface RefusedPort {
  vmId: string
  port: PublishedPort
  code: string
  message: string
}

/** The service's command line, as JSON. */
export interface ServiceOptions {
  /** Absolute path of its unix socket. */
  socket: string
  /** The bridge's address, where DNS listens. */
  address: string
  dnsPort: number
  /** `172.16.0.0/24`: reverse lookups of these addresses are answered here. */
  cidr: string
  /** Where other names are looked up; what this host uses when unset. */
  upstream?: string
}
