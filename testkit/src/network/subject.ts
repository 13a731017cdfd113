import type { NetworkDriver } from '@banger/core'

/** A network driver to check, and what it needs to show itself. */
export interface NetworkSubject {
  /** The driver as a daemon that starts makes it: each call is a restart. What it keeps on disk, the next one finds. */
  driver(): NetworkDriver
  /**
   * Everything on this machine that the driver could leave behind (links, rules, ports, …), as text. It is to be the same before and after.
   * What the driver keeps ready for all VMs (a bridge, a service) is to be left out, or there before the checks begin.
   */
  snapshot?(): Promise<string>
  /** Opens a port where the driver looks for free ones, and closes it; this process does so on loopback unless told. */
  listen?(): Promise<{ port: number; close(): unknown }>
}
