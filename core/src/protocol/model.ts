/** The model as the daemon's API shows it. JSON only; times in milliseconds since 1970. */
import type { ErrorBody } from '../errors.ts'
import type { ImageConfig } from '../hooks/image-source.ts'
import type { Attachment, PublishedPort } from '../hooks/network.ts'
import type { OsRelease } from '../hooks/distro.ts'
import type { Exit, MachineState } from '../hooks/vmm.ts'

/** What a kernel's build configuration allows. */
export interface KernelFeatures {
  overlayfs: boolean
  ext4: boolean
  virtioPci: boolean
  virtioMmio: boolean
  vsock: boolean
}

/** A kernel that is here. */
export interface Kernel {
  name: string
  /** `uname -r` of it, where known: `6.1.0-32-cloud-amd64`. */
  release?: string
  arch: string
  /** Where it came from: `source distribution`, `file /boot/vmlinuz`. */
  origin: string
  /** sha256 of the vmlinux: `sha256:…`. */
  digest: string
  features: KernelFeatures
  /** Absolute paths. */
  files: {
    vmlinux: string
    /** Folder with `<release>/modules.dep` and the modules that the initrd takes; all modules are in `modulesImage` alone. */
    modules?: string
    /** ext4 image of `/lib/modules/<release>`, mounted in the guest. */
    modulesImage?: string
    initrd?: string
    config?: string
  }
  /** Bytes on disk. */
  size: number
  createdAt: number
}

/** An image that is here: a root filesystem, read-only, and how to run it. */
export interface Image {
  name: string
  /** The reference that it came from, in full: `debian:bookworm`, `docker.io/library/debian:bookworm`, `file:/srv/rootfs.ext4`. */
  source: string
  digest: string
  /** What it is made for, where its source said so: `linux/amd64`. */
  platform?: string
  /** Whether banger owns the rootfs file (and deletes it with the image). */
  managed: boolean
  /** Absolute paths. */
  files: { rootfs: string; workSeed?: string }
  /** Name of the kernel it boots with. Unset: the default kernel. */
  kernel?: string
  config: ImageConfig
  os?: OsRelease
  /** Path of its init, or '' when it has none. */
  init: string
  /** Files in the cache that it was made of and that another pull would use again: absolute paths. It works without them. */
  cached?: string[]
  /** Bytes on disk of its own files. */
  size: number
  createdAt: number
}

/** An image as it is listed. */
export interface ImageEntry extends Image {
  /** Bytes on disk of what the cache keeps of it. */
  cachedSize: number
  /** Bytes of those that the cache keeps for other images, too: what `image prune` would not free after it is deleted. */
  sharedSize: number
}

/** Where in its life a VM is. */
export type VmState = 'creating' | 'stopped' | 'starting' | 'running' | 'stopping' | 'deleting'

/** A VM as the store keeps it. */
export interface Vm {
  id: string
  name: string
  state: VmState
  image: string
  kernel: string
  vmm: string
  network: string
  vcpus: number
  /** MiB */
  memory: number
  /** MiB */
  disk: number
  publish: PublishedPort[]
  /** Removed when its first command ends. */
  ephemeral: boolean
  createdAt: number
  startedAt?: number
  /** How it last stopped. */
  exit?: Exit
  /** What went wrong without keeping the VM from working. */
  warnings: string[]
  /** While it runs. */
  attachment?: Attachment
  machine?: MachineState
  /** Absolute path of the console's log. */
  consoleLog: string
}

/** What a running VM used when it was last looked at. `at` in milliseconds since 1970. */
export interface VmUsage {
  /** By its guest's account. KiB; `cpus`: how many were busy since the look before. */
  guest?: { at: number; cpus?: number; memory: { used: number; total: number }; disk: { used: number; total: number } }
  /** What its VMM takes of this host. KiB of memory, and of disk for what the VM has written. */
  host?: { at: number; cpus?: number; memory: number; disk: number }
}

/** A VM as the API shows it. */
export interface VmEntry extends Vm {
  usage?: VmUsage
  /** Since when nobody has used it, in milliseconds since 1970. Missing while somebody does. */
  idleSince?: number
  /** When it is stopped unless somebody uses it: `auto_stop_stale_after`. */
  stopsAt?: number
}

/** A plugin as the daemon found it. */
export interface PluginInfo {
  /** The package's name. */
  name: string
  version: string
  /** Part of banger, installed by the user, or linked by the user from a folder. */
  origin: 'bundled' | 'installed' | 'linked'
  /** `failed`: it could not be loaded, and adds nothing. */
  status: 'ok' | 'failed'
  /** Why it could not be loaded: a sentence that names the plugin, and what to do about it. */
  reason?: string
  hint?: string
  /** What failed since it was loaded, the last of it. `at` in milliseconds since 1970. */
  failures: (ErrorBody & { at: number })[]
  adds: PluginAdditions
}

/** What a plugin adds to the daemon. Names are sorted. */
export interface PluginAdditions {
  vmms: string[]
  networks: string[]
  /** Their schemes. */
  imageSources: string[]
  kernelSources: string[]
  /** Their ids. */
  distros: string[]
  /** The other hooks that it taps: `provision`, `doctor`, `daemon`, `events`. */
  hooks: string[]
  /** Keys of the configuration that are its own, as they are written there: `plugins.network-bridge.isolate`, `cidr`. */
  settings: string[]
}

/** What the daemon says of itself. */
export interface DaemonInfo {
  version: string
  pid: number
  startedAt: number
  socket: string
  log: string
  dirs: { config: string; state: string; cache: string; data: string }
  /** The plugins it runs, and those it could not load. */
  plugins: PluginInfo[]
  /** There when it starts anew by itself: once these things that it does for somebody have ended. */
  restartsAfter?: string[]
  vms: { running: number; total: number }
}

/** What a daemon says that is asked to start anew. */
export interface RestartAnswer {
  pid: number
  /** What it waits for before it does, for people: `exec in devbox`. */
  waitsFor: string[]
}
