#!/bin/sh
# Installs the system packages that are missing: by apt when root; else prints the one command that does it.
set -eu
. scripts/setup/say.sh
PATH=$PATH:/usr/sbin:/sbin

missing=
# need <program> <package>
need() { has "$1" || missing="$missing $2"; }

case $(uname -m) in
  aarch64) need qemu-system-aarch64 qemu-system-arm ;; # the VMM that works everywhere
  *) need qemu-system-x86_64 qemu-system-x86 ;;
esac
need mmdebstrap mmdebstrap # makes Debian images
need newuidmap uidmap # lets mmdebstrap work without root
need mkfs.ext4 e2fsprogs # tests check the images that banger writes with e2fsck and debugfs
need xz xz-utils # kernels and packages come compressed by xz …
need zstd zstd # … by zstd
need bzip2 bzip2 # … and by bzip2
need depmod kmod # indexes the modules of a distribution's kernel
need ip iproute2 # bridges and taps, …
need nft nftables # … their NAT; tests make network namespaces of their own for them
need sudo sudo # … and use them without root
need cpio cpio # tests read the initrd that banger writes
need docker-registry docker-registry # tests pull container images from it …
need skopeo skopeo # … that skopeo pushed …
need umoci umoci # … and umoci made …
need buildah buildah # … or buildah
need getfattr attr # tests compare extended attributes
need htpasswd apache2-utils # the registry's password file in those tests …
need openssl openssl # … and its certificate
need ssh openssh-client # vm ssh-config is tested with the real ssh
need zsh zsh # completion is tested in the real shells
need fish fish
need groff groff-base # tests look at the man page through it
need git git # workspaces; the checks list the repository's files
need make make
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates" # mirrors are reached by https
# Any npm will do: it fetches a newer Node where the machine's is too old.
need npm npm

go_version() { { has go && go env GOVERSION || [ ! -x /usr/local/go/bin/go ] || /usr/local/go/bin/go env GOVERSION; } 2>/dev/null | sed 's/^go//'; }

# The distribution's package for a Go that is new enough, if it has one.
go_package() {
  for package in golang-go golang-1.26-go golang-1.25-go golang-1.24-go; do
    candidate=$(apt-cache policy "$package" 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9]*:\)\{0,1\}\([0-9][0-9.]*\).*/\2/p')
    if [ -n "$candidate" ] && at_least "$candidate" 1.24; then
      echo "$package"
      return
    fi
  done
}

update() {
  [ -z "${updated:-}" ] || return 0
  updated=yes
  say 'apt-get update'
  apt-get update -qq
}

# A Go of an earlier setup counts: scripts/setup/go.sh links it.
if [ -x .tools/bin/go ]; then go=$(.tools/bin/go env GOVERSION | sed 's/^go//'); else go=$(go_version); fi
if ! at_least "${go:-0}" 1.24 && ! ls /usr/lib/go-1.2[4-9]/bin/go >/dev/null 2>&1; then
  has apt-get || die 'Go 1.24 or newer is needed to build the guest agent; install it and run this again.'
  package=$(go_package)
  if [ -z "$package" ] && [ "$(id -u)" = 0 ]; then
    update
    package=$(go_package)
  fi
  [ -n "$package" ] || die "Go 1.24 or newer is needed to build the guest agent, and this distribution has none: install it (from its makers, or the distribution's backports) and run this again."
  missing="$missing $package"
fi

[ -n "$missing" ] || exit 0
has apt-get || die "these packages (Debian's names) are missing; install your distribution's and run this again:$missing"
[ "$(id -u)" = 0 ] || die "some packages are missing; run this and then setup again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"

say "installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
install() { apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null; }
# Package lists that are missing or stale make the first try fail.
install 2>/dev/null || { update && install; }
