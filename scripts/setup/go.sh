#!/bin/sh
# Links a Go that is installed, but not on PATH, into .tools/bin.
set -eu
. scripts/setup/say.sh

new_enough() { at_least "$("$1" env GOVERSION 2>/dev/null | sed 's/^go//')" 1.24; }

if [ -x .tools/bin/go ] && new_enough .tools/bin/go; then exit 0; fi
if has go && new_enough go; then exit 0; fi
for dir in /usr/local/go/bin /usr/lib/go-1.*/bin; do
  if [ -x "$dir/go" ] && new_enough "$dir/go"; then
    mkdir -p .tools/bin
    ln -sf "$dir/go" "$dir/gofmt" .tools/bin/
    exit 0
  fi
done
die 'Go 1.24 or newer was not found.'
