import type { Duplex } from 'node:stream'
import type { Attachment } from './network.ts'

/** What a VMM can do; core asks for these, never for a VMM's name. */
export type Feature =
  | 'pause'
  | 'snapshot'
  | 'balloon'
  /** guest RAM may come from a private mapping of a file, so that one snapshot serves many clones */
  | 'clone'

/** What a guest's kernel must be able to do for a VMM. */
export type KernelNeed = 'virtioPci' | 'virtioMmio' | 'vsock'

/** Whether a driver works on this host, and what to do when it does not. */
export interface Probe {
  usable: boolean
  /** One line for `doctor` and `vm show`: `QEMU 7.2.22, software emulation (no KVM)`. */
  detail: string
  /** How guests run: `kvm`, `tcg`, … */
  acceleration?: string
  version?: string
  /** What to do when not usable, or to become faster. */
  advice?: string
}

/** A disk of the VM; the guest sees them in this order as vda, vdb, … */
export interface Drive {
  id: 'root' | 'overlay' | 'modules' | 'work'
  /** Absolute path of a raw image. */
  path: string
  readOnly: boolean
}

/** Everything a VMM needs to start one machine. Core makes it, drivers only read it. */
export interface MachineSpec {
  /** Unique and stable: `[a-z0-9]{12}`. */
  id: string
  name: string
  /** Folder of this VM; the driver's sockets, pid files and logs go to `<dir>/`. */
  dir: string
  vcpus: number
  /** MiB */
  memory: number
  kernel: {
    /** Absolute path of an uncompressed ELF vmlinux. */
    path: string
    /** What the guest's init needs to know; the driver adds console and bus arguments of its own. */
    cmdline: string[]
  }
  /** Absolute path of the initrd; without one the kernel mounts the root itself. */
  initrd?: string
  drives: Drive[]
  attachment?: Attachment
  /** Absolute path of the file that gets the serial console's output (append). */
  consoleLog: string
}

/** JSON; kept in the store so that a restarted daemon can adopt the machine. */
export interface MachineState {
  pid: number
  /** Field 22 of /proc/<pid>/stat (clock ticks since boot): tells a reused pid apart. */
  startTime: number
  [key: string]: unknown
}

/** How a machine ended. */
export interface Exit {
  /** `stale`: nobody used it, and banger stopped it. */
  reason: 'guest-poweroff' | 'guest-reboot' | 'guest-panic' | 'killed' | 'vmm-failed' | 'unknown' | 'stale'
  /** One line a person understands. */
  detail: string
  code?: number
  signal?: string
}

/** A running machine. Dropping it (daemon exit) leaves the VMM running. */
export interface Machine {
  readonly state: MachineState
  /**
   * Opens the guest channel: a byte stream to the agent's HTTP/2 server, preamble done.
   * One attempt; rejects when the agent is not there yet. The caller retries.
   */
  connect(signal?: AbortSignal): Promise<Duplex>
  /** Presses the power button; resolves when asked, not when off. For guests whose agent does not answer. */
  shutdown(): Promise<void>
  /** Ends the VMM process at once; resolves when it is gone. Idempotent. */
  kill(): Promise<void>
  /** Settles once, when the VMM process is gone for whatever reason. Never rejects. */
  readonly exited: Promise<Exit>
  /** Stops the guest where it is. There with the feature `pause`. */
  pause?(): Promise<void>
  /** Lets a paused guest go on. */
  resume?(): Promise<void>
}

/**
 * What runs VMs.
 * @experimental may change in a minor version, with what it is made of
 */
export interface VmmDriver {
  readonly name: string
  /** Of several that work, `auto` takes the one with the largest number. */
  readonly preference: number
  readonly features: ReadonlySet<Feature>
  readonly kernelNeeds: ReadonlySet<KernelNeed>
  /** The kinds of network attachment it takes; the one it likes best when nobody chose comes first. */
  readonly attachments: ReadonlySet<Attachment['kind']>
  /** Number of the user that a VM's VMM runs as, where that is not this process's. */
  userOf?(vmId: string): number
  /** Whether it works on this host, which it leaves as it is. */
  probe(): Promise<Probe>
  /**
   * Starts the VMM detached (it outlives the daemon) and resolves when its process runs.
   * @param onSpawn called with the state as soon as the process exists, before anything else can fail
   * @throws tool.missing, driver.unusable, vm.boot-failed; nothing is left behind then
   */
  start(spec: MachineSpec, onSpawn: (state: MachineState) => void): Promise<Machine>
  /** The machine of an earlier daemon, or undefined when its process is gone. */
  adopt(state: MachineState, spec: Pick<MachineSpec, 'id' | 'name' | 'dir'>): Promise<Machine | undefined>
  /** Ends every process of this driver that belongs to the machine, also one no state was kept of. Idempotent. */
  sweep(spec: Pick<MachineSpec, 'id' | 'dir'>): Promise<void>
}
