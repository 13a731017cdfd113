/**
 * What a guest has beyond apt and the essential packages: an init, a way in, and what one reaches for in the first minute. Each
 * package costs boot or build time under emulation: nothing here runs a service but sshd, and there is no udev, dbus or network manager.
 */
export const packages = [
  'systemd-sysv',
  'openssh-server',
  'ca-certificates',
  'curl',
  'git',
  'iproute2',
  'iputils-ping',
  'kmod',
  'less',
  'make',
  'netbase',
  'procps',
  'rsync',
  'vim-tiny',
]

/** Paths that dpkg leaves out, now and when the guest installs more. */
export const excludedPaths = ['/usr/share/doc/*', '/usr/share/info/*', '/usr/share/locale/*', '/usr/share/man/*']

/** Units that a throwaway guest does not need: timers of housekeeping, consoles that nobody looks at, filesystems for debugging. */
export const maskedUnits = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'console-getty.service',
  'getty-static.service',
  'getty@.service',
  'serial-getty@.service',
  'proc-sys-fs-binfmt_misc.automount',
  'dev-hugepages.mount',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-config.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-ask-password-console.path',
  'systemd-ask-password-wall.path',
  'systemd-firstboot.service',
  'systemd-machine-id-commit.service',
  'systemd-pstore.service',
  'systemd-random-seed.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
]
