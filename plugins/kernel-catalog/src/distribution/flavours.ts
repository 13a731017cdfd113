import type { AvailableKernel } from '@banger/core'
import type { Package } from './packages.ts'

/** A kernel that packages make up. */
export interface PackagedKernel extends AvailableKernel {
  /** The image's package, and the ones that hold its modules. */
  packages: Package[]
}

interface Flavour {
  /** `generic` gives `generic-6.1`. */
  prefix: string
  summary: (series: string) => string
  /** Matches the image package's name; group 1 is `uname -r`. */
  pattern: RegExp
  /** Packages that depend on the image which the distribution's main release installs; only of the flavour to take by default. */
  metas: string[]
}

/** `6.1.0-56` or `6.12.9+deb12`; names with two numbers alone, `6.12`, are meta packages. */
const release = '\\d+\\.\\d+\\.\\d+[\\w.+~]*(?:-\\d+)?'

/** @param arch `amd64` or `arm64` */
export function flavours(arch: string): Flavour[] {
  return [
    {
      prefix: 'generic',
      summary: (series) => `Debian's Linux ${series} for clouds: small, made for VMs`,
      pattern: new RegExp(`^linux-image-(${release}-cloud-${arch})$`),
      metas: [`linux-image-cloud-${arch}`],
    },
    {
      prefix: 'full',
      summary: (series) => `Debian's Linux ${series} with all drivers`,
      pattern: new RegExp(`^linux-image-(${release}-${arch})$`),
      metas: [],
    },
    {
      prefix: 'generic',
      summary: (series) => `Ubuntu's Linux ${series}`,
      pattern: /^linux-image-(\d+\.\d+\.\d+-\d+-generic)$/,
      metas: ['linux-image-virtual', 'linux-image-generic'],
    },
  ]
}

/** Whether a kernel of this name could be a distribution's. */
export function isDistributionName(name: string): boolean {
  return /^(generic|full)-\d+\.\d+$/.test(name)
}

/** Whether `apt-cache show` should be asked about a package. */
export function isOfInterest(name: string, arch: string): boolean {
  return flavours(arch).some(({ pattern, metas }) => pattern.test(name) || metas.includes(name))
}

/**
 * The newest kernel of each series, newest series first; the one that the distribution's own meta package installs is the
 * default.
 * @param packages image and meta packages, of which each is the version that apt would install
 * @param arch the distribution's word for `hostArch`, which is as in process.arch
 */
export function packagedKernels(packages: Package[], arch: string, hostArch: string): PackagedKernel[] {
  const kernels = new Map<string, PackagedKernel>()
  const usual = new Set<string>()
  for (const { prefix, summary, pattern, metas } of flavours(arch)) {
    for (const image of packages) {
      const version = pattern.exec(image.name)?.[1]
      if (!version) continue
      const series = seriesOf(version)
      const name = `${prefix}-${series}`
      const rival = kernels.get(name)
      if (rival && compare(rival.packages[0]?.version ?? '', image.version) >= 0) continue
      kernels.set(name, { name, version, arch: hostArch, summary: summary(series), size: image.size, packages: [image] })
    }
    for (const meta of packages.filter(({ name }) => metas.includes(name))) {
      for (const depend of meta.depends) if (pattern.test(depend)) usual.add(`${prefix}-${seriesOf(depend)}`)
    }
  }
  const sorted = [...kernels.values()].sort((a, b) => compare(b.version, a.version) || (a.name < b.name ? -1 : 1))
  const generic = sorted.filter(({ name }) => name.startsWith('generic-'))
  const chosen = generic.find(({ name }) => usual.has(name)) ?? generic[0]
  return sorted.map((kernel) => (kernel === chosen ? { ...kernel, default: true } : kernel))
}

/** The packages beside the image that hold parts of the same kernel: Ubuntu's modules, say. */
export function partsOf(kernel: PackagedKernel): string[] {
  return kernel.packages.flatMap(({ depends }) =>
    depends.filter((name) => /^linux-(modules|binary)-/.test(name) && name.endsWith(kernel.version)),
  )
}

/** `linux-image-6.1.0-56-cloud-amd64` → `6.1` */
function seriesOf(text: string): string {
  return /\d+\.\d+/.exec(text)?.[0] ?? text
}

/** Numbers count as numbers. That is not dpkg's order in every corner, but is for versions of one series from one archive. */
function compare(a: string, b: string): number {
  return collator.compare(a, b)
}

const collator = new Intl.Collator('en', { numeric: true })
