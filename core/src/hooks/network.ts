/** `hostPort` on `hostAddress` leads to `guestPort` of the VM. TCP. */
export interface PublishedPort {
  hostAddress: string
  /** 0 = choose a free one */
  hostPort: number
  guestPort: number
}

/** How the guest sees its network interface. */
export interface GuestInterface {
  /** `52:54:00:…` */
  mac: string
  /** CIDR notation: `10.0.2.15/24` */
  address: string
  gateway?: string
  dns: string[]
  /** Domains that complete a name without dots. */
  search?: string[]
}

/** What a VM is plugged into. JSON; kept in the store while the VM runs. */
export type Attachment =
  /** The VMM carries the traffic itself, without privileges. */
  | { kind: 'user'; guest: GuestInterface; publish: PublishedPort[] }
  /** A tap device on the host. */
  | { kind: 'tap'; device: string; guest: GuestInterface; publish: PublishedPort[] }

/** The VM that is to be plugged in. */
export interface NetworkRequest {
  vmId: string
  vmName: string
  /** Requested ports; hostPort 0 is resolved by the driver. */
  publish: PublishedPort[]
  /** Number of the user that opens the tap; the one that this process runs as when missing. */
  owner?: number
}

/**
 * What VMs are plugged into. Nothing it does for one VM may disturb another.
 * @experimental may change in a minor version, with what it is made of
 */
export interface NetworkDriver {
  readonly name: string
  /** The kind of attachment it gives. */
  readonly gives: Attachment['kind']
  /** Whether it works on this host, which it leaves as it is. */
  probe(): Promise<{ usable: boolean; detail: string; advice?: string }>
  /** @throws port.in-use, driver.unusable; nothing is left behind then */
  attach(request: NetworkRequest): Promise<Attachment>
  /** Unplugs the VM; what is its own as long as it exists, it keeps. Idempotent; also right for a VM that was attached by half. */
  release(vmId: string): Promise<void>
  /** The VM is deleted: lets go of all that was its own. Released before. Idempotent. */
  forget?(vmId: string): Promise<void>
  /**
   * After a daemon start: these VMs run; whatever else this driver still holds is let go.
   * @param existing ids of all VMs of this network, stopped ones too
   */
  reconcile(running: { vmId: string; attachment: Attachment }[], existing: ReadonlySet<string>): Promise<void>
}
