#!/bin/sh
# Starts one of banger's programs. Nothing here forks unless it was called through a symlink: start-up time counts.
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
lib=${self%/*}/../lib/banger
# Its own Node where one was installed along, else the one that built it, else the machine's.
node=$lib/node
[ -x "$node" ] || node='@NODE@'
[ -x "$node" ] || node=node
# node:sqlite announces itself as experimental.
exec "$node" --disable-warning=ExperimentalWarning "$lib/@SCRIPT@" "$@"
