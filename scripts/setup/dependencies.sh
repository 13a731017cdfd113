#!/bin/sh
# Installs what package-lock.json says, unless that very file was installed already.
set -eu
. scripts/setup/say.sh

stamp=node_modules/.setup-lock
lock=$(sha256sum package-lock.json)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ] && exit 0

say 'installing the packages of package-lock.json'
# Not `npm ci`: it refuses a lock file without the packages for other platforms, which not every registry carries.
# --no-save keeps it to the lock file as well. The packages' own install scripts compile speed-ups that are not needed.
# With the Node that will run them: npm passes over optional packages, native parts among them, that an older one could not run.
PATH=$PWD/.tools/node/bin:$PATH
npm() { if [ -d .tools/npm ]; then node .tools/npm/bin/npm-cli.js "$@"; else command npm "$@"; fi; }
npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2
printf '%s\n' "$lock" >"$stamp"
