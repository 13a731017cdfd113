import type { Server } from 'node:net'
import type { Body } from '../api/deserialize.ts'

/** What a VM was told before it starts. Bodies as they came. */
export interface VmConfig {
  machine: { vcpu_count: number; mem_size_mib: number; smt: boolean; track_dirty_pages: boolean; huge_pages: string } & Body
  bootSource?: { kernel_image_path: string; initrd_path?: string; boot_args?: string }
  /** In the guest's order: the root device first. */
  drives: DriveConfig[]
  networks: NetworkConfig[]
  vsock?: { guest_cid: number; uds_path: string; server: Server }
  entropy?: Body
  balloon?: { amount_mib: number; deflate_on_oom: boolean } & Body
  serial?: { serial_out_path?: string | null } & Body
  mmds: { data?: unknown; config?: Body; limit: number }
  /** Whether anything was set that a snapshot brings along. */
  touched: boolean
}

export interface DriveConfig {
  drive_id: string
  is_root_device: boolean
  is_read_only?: boolean | null
  path_on_host: string
  cache_type?: string
}

export interface NetworkConfig {
  iface_id: string
  host_dev_name: string
  guest_mac?: string | null
}

/** @param limit bytes of MMDS data at most */
export function freshConfig(limit: number): VmConfig {
  return {
    machine: { vcpu_count: 1, mem_size_mib: 128, smt: false, track_dirty_pages: false, huge_pages: 'None' },
    drives: [],
    networks: [],
    mmds: { limit },
    touched: false,
  }
}
