/**
 * The daemon's API: HTTP/1.1 over its unix socket. Bodies and answers are JSON; the types are below.
 *
 * Every answer has a header `banger-version`, the daemon's version.
 *
 * Long operations answer `application/x-ndjson`: `OperationLine`s, the last of them `result` or `error`. Closing the
 * connection aborts an operation that can be undone (create, start, pull, register, import).
 *
 * | request | body → answer |
 * | --- | --- |
 * | GET /v1/info | → DaemonInfo |
 * | POST /v1/daemon/stop | → {} ; VMs keep running |
 * | GET /v1/doctor | → DoctorCheck[] |
 * | GET /v1/vms, GET /v1/vms/:vm | → VmEntry[], VmEntry |
 * | POST /v1/vms | CreateVm ⇒ operation Vm |
 * | POST /v1/vms/:vm/start, /stop, /kill | ⇒ operation Vm |
 * | DELETE /v1/vms/:vm | ⇒ operation {} ; vm.delete-running unless stopped or `?force=true` |
 * | GET /v1/vms/:vm/ports, /stats, /health | → ListeningPort[], GuestStats, Health |
 * | GET /v1/vms/:vm/log?name= | → text; `first-boot-<step>` or a service's name; `&lines=n`, `&follow=true` |
 * | GET /v1/vms/:vm/ssh | → SshAccess |
 * | GET /v1/vms/:vm/stat?path= | → FileStat ; guest.bad-path where nothing is |
 * | GET /v1/vms/:vm/files?path= | → tar of the file or folder, names relative to its parent |
 * | PUT /v1/vms/:vm/files?path= | tar, unpacked below the folder → FilesAnswer |
 * | PUT /v1/vms/:vm/file?path= | the bytes of a file, which appears when it is whole → FilesAnswer |
 * | POST /v1/vms/:vm/exec | upgrade `stdio_mux_v1` ↔ frames |
 * | POST /v1/vms/:vm/dial?port= | upgrade `tcp` ↔ bytes |
 * | GET /v1/vms/:vm/sessions | → Session[], those that are over, too |
 * | POST /v1/vms/:vm/sessions | StartSession → Session |
 * | GET /v1/vms/:vm/sessions/:session | → Session |
 * | POST /v1/vms/:vm/sessions/:session/stop, /kill | → Session, once it has ended |
 * | DELETE /v1/vms/:vm/sessions/:session | → {} ; session.running unless it has ended or `?force=true` |
 * | GET /v1/vms/:vm/sessions/:session/output?from=&follow= | → stdio_mux_v1 frames of its output from a position on |
 * | POST /v1/workspaces/check | WorkspaceSource → {"source"}; refuses what no workspace can be made of |
 * | POST /v1/vms/:vm/workspace/prepare | PrepareWorkspace ⇒ operation PreparedWorkspace |
 * | POST /v1/vms/:vm/workspace/diff | DiffWorkspace ⇒ operation WorkspaceDiff |
 * | POST /v1/vms/:vm/workspace/pull | PullWorkspace ⇒ operation PulledWorkspace |
 * | GET /v1/images, GET /v1/images/:image, DELETE | → ImageEntry[], ImageEntry, {} |
 * | POST /v1/images | AddImage ⇒ operation Image |
 * | POST /v1/images/prune | PruneImages ⇒ operation PrunedImages |
 * | GET /v1/kernels, GET /v1/kernels/:kernel, DELETE | → Kernel[], Kernel, {} |
 * | GET /v1/kernels/available | ⇒ operation AvailableKernelEntry[] |
 * | POST /v1/kernels/pull | PullKernel ⇒ operation Kernel |
 * | POST /v1/kernels/import | ImportKernel ⇒ operation Kernel |
 */
import type { ErrorBody } from '../errors.ts'
import type { PullOptions } from '../hooks/image-source.ts'
import type { AvailableKernel } from '../hooks/kernel-source.ts'
import type { ProgressEvent } from '../hooks/progress.ts'
import type { PublishedPort } from '../hooks/network.ts'
import type { ImageEntry } from './model.ts'

export type OperationLine =
  | { type: 'progress'; event: ProgressEvent }
  | { type: 'result'; value: unknown }
  | { type: 'error'; error: ErrorBody }

export interface CreateVm {
  /** Made up when missing. */
  name?: string
  /** Default: `default_image_name`; with nothing registered, the default image is fetched. */
  image?: string
  vcpus?: number
  /** MiB */
  memory?: number
  /** MiB */
  disk?: number
  network?: string
  vmm?: string
  publish?: PublishedPort[]
  /** Default true. */
  start?: boolean
  ephemeral?: boolean
}

/**
 * An image to add: from a source (`debian:bookworm`), or from local files (`file:/abs/rootfs.ext4`, a folder or a tar).
 * Paths are absolute.
 */
export interface AddImage extends PullOptions {
  ref: string
  /** Default: what the source proposes. */
  name?: string
  /** Name of a registered kernel. Without it and without `kernel`: the default kernel at the time of use. */
  kernelRef?: string
  /** Files of a kernel, imported under the image's name. */
  kernel?: KernelPaths
  /** ext4 image whose copy becomes each VM's disk at /root. */
  workSeed?: string
}

/** Frees what nothing uses: files of the cache and old initrds. */
export interface PruneImages {
  /** Also images that no VM uses. */
  all?: boolean
  /** Only say what would go. */
  dryRun?: boolean
}

/** What was freed, or would be. */
export interface PrunedImages {
  dryRun: boolean
  /** Images that were deleted. */
  images: ImageEntry[]
  /** Images that no VM uses and that were left, since `all` was not asked. */
  unused: ImageEntry[]
  /** What went of the cache. */
  cache: PrunedFiles
  initrds: PrunedFiles
  /** Bytes on disk, in all. */
  freed: number
}

/** Files that were removed. */
export interface PrunedFiles {
  files: number
  /** Bytes on disk. */
  size: number
}

/** Absolute paths. */
export interface KernelPaths {
  kernel: string
  /** A `/lib/modules/<release>` folder, or the `/lib/modules` above it. */
  modules?: string
  initrd?: string
  config?: string
}

/** A kernel to pull from the first source that has it. */
export interface PullKernel {
  name: string
}

/** A kernel to import from files of this host. */
export interface ImportKernel extends KernelPaths {
  name: string
}

/** A kernel that can be pulled, as it is listed. */
export interface AvailableKernelEntry extends AvailableKernel {
  source: string
  /** Whether it is here already. */
  pulled: boolean
}

/** How ssh reaches a guest. */
export interface SshAccess {
  user: string
  /** Absolute path of the private key. */
  identityFile: string
  /** Absolute path of a known_hosts file that holds the guest's key under `hostKeyAlias`. */
  knownHostsFile: string
  hostKeyAlias: string
  /** `ssh-ed25519 AAAA…`: the guest's host key. */
  hostKey: string
}
