import type { Distro, OsRelease } from '../hooks/distro.ts'
import type { FirstBootStep, GuestConfig } from '../hooks/guest-config.ts'
import type { Vm } from '../protocol/model.ts'
import { sshdStep } from '../protocol/sshd-step.ts'

/** Every distribution has it here. */
const program = '/usr/sbin/sshd'

/** Maintainers' scripts need the system's programs, whatever PATH the image says. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface SshdInput {
  vm: Pick<Vm, 'ephemeral' | 'network'>
  image: { os?: OsRelease; hasInit: boolean }
  distro?: Distro
}

/** How a guest gets its sshd: a step that installs it where it is missing, and a service where there is no init to run it. */
export function provideSshd(input: SshdInput): Pick<GuestConfig, 'firstBoot' | 'services'> {
  const service = { name: 'sshd', argv: [program, '-D', '-e'], restart: 'always' as const, after: sshdStep }
  return { firstBoot: [installStep(input)], services: input.image.hasInit ? [] : [service] }
}

function installStep({ vm, image, distro }: SshdInput): FirstBootStep {
  const step = { name: sshdStep, creates: program }
  const impossible = obstacle(vm, image, distro)
  if (impossible || !distro) return { ...step, commands: [], impossible: impossible ?? '' }
  const { packages, enableSshd } = distro
  const commands = [...packages.install([packages.nameOf('openssh-server')]), ...(image.hasInit ? enableSshd : [])]
  return { ...step, commands: commands.map(({ argv, env }) => ({ argv, env: { PATH: systemPath, ...env } })) }
}

function obstacle(vm: SshdInput['vm'], { os }: SshdInput['image'], distro: Distro | undefined): string | undefined {
  if (!os) return 'The image has no sshd, and does not say which distribution it is (/etc/os-release).'
  if (!distro) return `The image has no sshd, and no plugin knows how to install one in ${os.prettyName ?? os.id}.`
  if (vm.network === 'none') return 'The image has no sshd, and without a network none can be installed.'
  // the command may want the package manager for itself, and nobody else comes
  if (vm.ephemeral) return 'The image has no sshd, and none is installed in a VM that is removed with its command.'
  return undefined
}
