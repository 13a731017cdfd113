/**
 * All that a plugin may import. Commands take their base from `@banger/core/command`.
 * @module @banger/core
 */
export { readSettings } from './config/plugin-settings.ts'
export { BangerError, type BangerErrorInit, type ErrorBody, type ErrorCode, fail, isError, toBangerError } from './errors.ts'
export type { ErrorEntry } from './errors/topic.ts'
export { refusedPort } from './host/refused-port.ts'
export { openPreamble } from './guest/preamble.ts'
export type { DaemonContext, PluginRequest, PluginRoute } from './hooks/daemon.ts'
export type { Distro, OsRelease, ServiceUnit } from './hooks/distro.ts'
export type { DoctorCheck, DoctorReport } from './hooks/doctor.ts'
export type { BangerEvent } from './hooks/events.ts'
export type { DetachedProcess, Host, Log, RunOptions, RunResult, Streaming } from './hooks/host.ts'
export type { ImageConfig, ImageSource, PullOptions, ResolvedImage, ResolveOptions } from './hooks/image-source.ts'
export { type BangerHooks, createHooks } from './hooks/index.ts'
export type { AvailableKernel, KernelFiles, KernelSource } from './hooks/kernel-source.ts'
export type { Attachment, GuestInterface, NetworkDriver, NetworkRequest, PublishedPort } from './hooks/network.ts'
export type { BangerPlugin, Extend } from './hooks/plugin.ts'
export type { SettingsDeclaration, SettingsIssue, SettingsResult, SettingsSchema } from './hooks/settings.ts'
export type { Progress, ProgressEvent } from './hooks/progress.ts'
export type {
  FirstBootStep,
  GuestCommand,
  GuestConfig,
  GuestFile,
  GuestService,
  ProvisionContext,
  ProvisionTapOptions,
} from './hooks/provision.ts'
export { Registry } from './hooks/registry.ts'
export type { Drive, Exit, Feature, KernelNeed, Machine, MachineSpec, MachineState, Probe, VmmDriver } from './hooks/vmm.ts'
export { type KvmDevice, openKvmDevice } from './host/kvm-device.ts'
export { keepProbe } from './host/keep-probe.ts'
export { findProcesses, isAlive, killProcess, type ProcessId, startTimeOf } from './host/process-id.ts'
export { readTail } from './host/read-tail.ts'
export { killProcesses, startMachine, type StartedProcess, type StartSteps } from './host/start-machine.ts'
export { connectIn } from './host/unix-socket.ts'
export { tinyKernel } from './kernels/tiny-kernel.ts'
export type { AddImage, AvailableKernelEntry, ImportKernel, KernelPaths, PullKernel } from './protocol/api.ts'
export type { DaemonInfo, Image, Kernel, KernelFeatures } from './protocol/model.ts'
export { identifyFile, type FileFormat } from './rootfs/identify-file.ts'
export { layerOf } from './rootfs/layer-of.ts'
