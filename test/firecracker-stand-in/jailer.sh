#!/bin/sh
# A stand-in for Firecracker's jailer: the same flags, folders, devices and users, and no chroot, since the program that it starts needs
# Node and QEMU. It starts it in the jail's root, so that only what is named relative to that is found where a jail has it.
set -eu
die() {
  echo "$1" >&2
  exit 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --id) id=$2 ;;
    --exec-file) exec_file=$2 ;;
    --uid) uid=$2 ;;
    --gid) gid=$2 ;;
    --chroot-base-dir) base=$2 ;;
    --)
      shift
      break
      ;;
    *) die "Found argument '$1' which wasn't expected, or isn't valid in this context." ;;
  esac
  shift 2
done
[ "$(id -u)" = 0 ] || die "Failed to change root: Operation not permitted"
[ -d "$base" ] || die "Failed to canonicalize path $base: No such file or directory"
for argument; do [ "$argument" != --id ] || die "The argument 'id' was provided more than once."; done

program=$(realpath "$exec_file")
name=${program##*/}
root=$base/$name/$id/root
mkdir -p "$root"
cp "$program" "$root/$name"
chown "$uid:$gid" "$root/$name"
for folder in . dev dev/net run; do
  mkdir -p "$root/$folder"
  chmod 700 "$root/$folder"
  chown "$uid:$gid" "$root/$folder"
done
mknod -m 600 "$root/dev/net/tun" c 10 200
mknod -m 600 "$root/dev/kvm" c 10 232
chown "$uid:$gid" "$root/dev/net/tun" "$root/dev/kvm"

cd "$root"
# The jail's own device in place of the host's, which the user may have no right to open.
# shellcheck disable=SC2016
exec unshare --mount --propagation private sh -ec 'mount --bind dev/net/tun /dev/net/tun; exec "$@"' sh \
  setpriv --reuid "$uid" --regid "$gid" --clear-groups "./$name" --id "$id" \
  --start-time-us 0 --start-time-cpu-us 0 --parent-cpu-time-us 0 "$@"
