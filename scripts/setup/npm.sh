#!/bin/sh
# Puts npm into .tools/npm when the machine's is older than 11, and so made for an older Node than ours.
set -eu
. scripts/setup/say.sh

if [ -f .tools/npm/bin/npm-cli.js ]; then exit 0; fi
if at_least "$(npm --version)" 11; then exit 0; fi

say 'fetching npm 11 into .tools/npm'
stage=$(mktemp -d .tools-XXXXXX)
trap 'rm -rf "$stage"' EXIT
(cd "$stage" && npm pack --silent npm@11 >/dev/null && tar -xzf npm-*.tgz)
mkdir -p .tools
mv "$stage/package" .tools/npm
