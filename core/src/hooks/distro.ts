import type { GuestCommand, GuestFile } from './guest-config.ts'

/** The fields of /etc/os-release that banger uses. */
export interface OsRelease {
  id: string
  idLike: string[]
  versionId?: string
  prettyName?: string
}

/** A program to keep running in the guest. */
export interface ServiceUnit {
  name: string
  description: string
  argv: string[]
  env?: Record<string, string>
  cwd?: string
}

/** Facts about a family of guests. */
export interface Distro {
  readonly id: string
  /** Whether a guest is of this family, by its `id`, then by what that is like (`idLike`). */
  matches(os: OsRelease): boolean
  readonly initSystem: 'systemd' | 'openrc' | 'runit' | 'none'
  readonly packages: {
    /**
     * Commands that install packages by name, run in the guest as root. They must work, too, where an earlier run was cut off in
     * the middle, and beside whatever the guest's user does.
     */
    install(names: string[]): GuestCommand[]
    /** The distribution's name for a package that banger asks for: `openssh-server`. */
    nameOf(generic: 'openssh-server' | 'git' | 'ca-certificates' | 'curl'): string
  }
  /** Commands that have the init system run the sshd that was installed, now and from every boot on; run in the guest as root. */
  readonly enableSshd: GuestCommand[]
  /** Files that make the init system run a service from boot on. */
  service(unit: ServiceUnit): GuestFile[]
}
