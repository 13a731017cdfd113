/** Debian packages of the programs that banger and its plugins call. */
const packages: Record<string, string> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-system-aarch64': 'qemu-system-arm',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  nft: 'nftables',
  depmod: 'kmod',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  xz: 'xz-utils',
  zstd: 'zstd',
  bzip2: 'bzip2',
  tar: 'tar',
  cpio: 'cpio',
  ssh: 'openssh-client',
  git: 'git',
}

/** How to get a missing program, as one command. */
export function installAdvice(program: string): string {
  return `sudo apt-get install ${packages[program] ?? program}, or your distribution's package for it`
}
