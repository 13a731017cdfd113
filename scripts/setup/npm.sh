#!/bin/sh
# Puts npm into .tools/npm when the machine's is older than 11: such a one leaves out packages with native parts that the lock
# file lists as optional (https://github.com/npm/cli/issues/4828).
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
