/** Suites for vitest: call them at the top of a test file. Each registers a `describe` with a test for every promise of a contract. */
import { distroChecks, type DistroSubject } from './distro.ts'
import { doctorChecks, type DoctorSubject } from './doctor.ts'
import { imageSourceChecks } from './image-source/checks.ts'
import type { ImageSourceSubject } from './image-source/subject.ts'
import { kernelSourceChecks, type KernelSourceSubject } from './kernel-source.ts'
import { networkChecks } from './network/checks.ts'
import type { NetworkSubject } from './network/subject.ts'
import { pluginChecks, type PluginSubject } from './plugin/checks.ts'
import { provisionChecks, type ProvisionSubject } from './provision.ts'
import { suite } from './vitest.ts'
import { vmmChecks } from './vmm/checks.ts'
import type { VmmSubject } from './vmm/subject.ts'

export * from './checks.ts'

/** Checks the package: that oclif finds it, that it fits this core, and that loading it does nothing but tap hooks. */
export const testPlugin = (subject: PluginSubject): void => suite('the plugin', pluginChecks(subject))

/** Checks an image source by pulling images from it. */
export const testImageSource = (subject: ImageSourceSubject): void =>
  suite(`the image source ${subject.source.scheme}`, imageSourceChecks(subject))

/** Checks a kernel source by pulling kernels from it. */
export const testKernelSource = (subject: KernelSourceSubject): void =>
  suite(`the kernel source ${subject.source.name}`, kernelSourceChecks(subject))

/** Checks a network driver by plugging VMs into it. */
export const testNetworkDriver = (subject: NetworkSubject): void =>
  suite(`the network ${subject.driver().name}`, networkChecks(subject))

/** Checks a VMM driver by starting machines; what they run is a few instructions. */
export const testVmmDriver = (subject: VmmSubject): void => suite(`the VMM ${subject.name}`, vmmChecks(subject))

/** Checks the facts about a family of guests. */
export const testDistro = (subject: DistroSubject): void => suite(`the distro ${subject.distro.id}`, distroChecks(subject))

/** Checks what a plugin gives a guest at its start. */
export const testProvision = (subject: ProvisionSubject): void => suite('what it provisions', provisionChecks(subject))

/** Checks a plugin's part of `banger doctor`. */
export const testDoctor = (subject: DoctorSubject): void => suite('its part of doctor', doctorChecks(subject))
