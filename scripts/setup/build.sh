#!/bin/sh
# Builds, unless no source changed since the last time.
set -eu
. scripts/setup/say.sh

stamp=build/.setup-sources
sources=$(find core plugins agent scripts/build package.json package-lock.json -name node_modules -prune -o -type f -printf '%p %s %T@\n' | sort | sha256sum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sources" ] && exit 0

say 'building'
# The PATH of the machine came this far, for the steps before that look for what it has.
PATH=$PWD/.tools/node/bin:$PWD/.tools/bin:$PATH node scripts/build/main.ts >&2
printf '%s\n' "$sources" >"$stamp"
