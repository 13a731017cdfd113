/** What a field holds, in the words of Firecracker's messages: Rust's integers, another definition, one of some words. */
export type FieldType =
  | 'string'
  | 'bool'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'mac'
  | 'any'
  | { object: string }
  | { oneOf: readonly string[] }
  | { list: FieldType }

export interface Field {
  type: FieldType
  required?: true
}

const must = (type: FieldType): Field => ({ type, required: true })
const may = (type: FieldType): Field => ({ type })
const object = (name: string): FieldType => ({ object: name })
const oneOf = (...words: string[]): FieldType => ({ oneOf: words })

const rateLimiter = may(object('RateLimiter'))
const hugePages = oneOf('None', 'Transparent', '2M')
const cpuTemplate = oneOf('C3', 'T2', 'T2S', 'T2CL', 'T2A', 'V1N1', 'None')

/** The bodies of requests, named as in Firecracker's Swagger specification. None takes a field that it does not name. */
export const definitions: Record<string, Record<string, Field>> = {
  Balloon: {
    amount_mib: must('u32'),
    deflate_on_oom: must('bool'),
    stats_polling_interval_s: may('u16'),
    free_page_hinting: may('bool'),
    free_page_reporting: may('bool'),
  },
  BalloonUpdate: { amount_mib: must('u32') },
  BalloonStatsUpdate: { stats_polling_interval_s: must('u16') },
  BalloonStartCmd: { acknowledge_on_stop: may('bool') },
  BootSource: { kernel_image_path: must('string'), initrd_path: may('string'), boot_args: may('string') },
  CpuConfig: {
    kvm_capabilities: may({ list: 'string' }),
    cpuid_modifiers: may({ list: 'any' }),
    msr_modifiers: may({ list: 'any' }),
    reg_modifiers: may({ list: 'any' }),
    vcpu_features: may({ list: 'any' }),
  },
  Drive: {
    drive_id: must('string'),
    partuuid: may('string'),
    is_root_device: must('bool'),
    cache_type: may(oneOf('Unsafe', 'Writeback')),
    is_read_only: may('bool'),
    path_on_host: may('string'),
    rate_limiter: rateLimiter,
    io_engine: may(oneOf('Sync', 'Async')),
    socket: may('string'),
  },
  EntropyDevice: { rate_limiter: rateLimiter },
  InstanceActionInfo: { action_type: must(oneOf('FlushMetrics', 'InstanceStart', 'SendCtrlAltDel')) },
  Logger: {
    level: may(oneOf('Off', 'Trace', 'Debug', 'Info', 'Warn', 'Warning', 'Error')),
    log_path: may('string'),
    show_level: may('bool'),
    show_log_origin: may('bool'),
    module: may('string'),
  },
  MachineConfiguration: {
    vcpu_count: must('u8'),
    mem_size_mib: must('u64'),
    smt: may('bool'),
    cpu_template: may(cpuTemplate),
    track_dirty_pages: may('bool'),
    huge_pages: may(hugePages),
  },
  MachineConfigUpdate: {
    vcpu_count: may('u8'),
    mem_size_mib: may('u64'),
    smt: may('bool'),
    cpu_template: may(cpuTemplate),
    track_dirty_pages: may('bool'),
    huge_pages: may(hugePages),
  },
  MemoryBackend: { backend_type: must(oneOf('File', 'Uffd')), backend_path: must('string') },
  MemoryHotplugConfig: { total_size_mib: may('u32'), slot_size_mib: may('u32'), block_size_mib: may('u32') },
  MemoryHotplugSizeUpdate: { requested_size_mib: may('u32') },
  Metrics: { metrics_path: must('string'), emit_id: may('bool'), properties: may('any') },
  MmdsConfig: {
    version: may(oneOf('V1', 'V2')),
    network_interfaces: must({ list: 'string' }),
    ipv4_address: may('string'),
    imds_compat: may('bool'),
  },
  NetworkInterface: {
    iface_id: must('string'),
    host_dev_name: must('string'),
    guest_mac: may('mac'),
    mtu: may('u16'),
    rx_rate_limiter: rateLimiter,
    tx_rate_limiter: rateLimiter,
  },
  NetworkOverride: { iface_id: must('string'), host_dev_name: must('string') },
  PartialDrive: { drive_id: must('string'), path_on_host: may('string'), rate_limiter: rateLimiter },
  PartialNetworkInterface: { iface_id: must('string'), rx_rate_limiter: rateLimiter, tx_rate_limiter: rateLimiter },
  PartialPmem: { id: must('string'), rate_limiter: rateLimiter },
  Pmem: {
    id: must('string'),
    path_on_host: must('string'),
    root_device: may('bool'),
    read_only: may('bool'),
    rate_limiter: rateLimiter,
  },
  RateLimiter: { bandwidth: may(object('TokenBucket')), ops: may(object('TokenBucket')) },
  SerialDevice: { serial_out_path: may('string'), rate_limiter: may(object('TokenBucket')) },
  SnapshotCreateParams: {
    mem_file_path: must('string'),
    snapshot_path: must('string'),
    snapshot_type: may(oneOf('Full', 'Diff')),
  },
  SnapshotLoadParams: {
    snapshot_path: must('string'),
    enable_diff_snapshots: may('bool'),
    track_dirty_pages: may('bool'),
    mem_file_path: may('string'),
    mem_backend: may(object('MemoryBackend')),
    resume_vm: may('bool'),
    network_overrides: may({ list: object('NetworkOverride') }),
    vsock_override: may(object('VsockOverride')),
    clock_realtime: may('bool'),
    huge_pages: may(oneOf('Snapshot', 'None', 'Transparent', '2M')),
  },
  TokenBucket: { size: must('u64'), one_time_burst: may('u64'), refill_time: must('u64') },
  Vm: { state: must(oneOf('Paused', 'Resumed')) },
  Vsock: { vsock_id: may('string'), guest_cid: must('u32'), uds_path: must('string') },
  VsockOverride: { uds_path: must('string') },
}
