#!/bin/sh
# Installs what package-lock.json says, unless that very file was installed already.
set -eu
. scripts/setup/say.sh

stamp=node_modules/.setup-lock
lock=$(sha256sum package-lock.json)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ] && exit 0

say 'npm ci'
# The packages' own install scripts compile speed-ups that are not needed here.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2
printf '%s\n' "$lock" >"$stamp"
