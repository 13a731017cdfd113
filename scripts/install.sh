#!/bin/sh
# Installs what `make build` made: install.sh <prefix>. The new files replace the old ones as a whole.
set -eu
cd "$(dirname "$0")/.."
prefix=$1

mkdir -p "$prefix/bin" "$prefix/lib"
stage=$prefix/lib/.banger.new
rm -rf "$stage"
cp -R build/lib/banger "$stage"
cp build/bin/banger-vsock-agent "$stage/"
# The machine's Node was too old for the build: the one that was fetched goes along.
node=$(command -v node)
case $node in "$PWD"/.tools/*) cp "$node" "$stage/node" ;; esac
# So was its npm; `banger plugins install` runs it.
if [ -d .tools/npm ]; then cp -R .tools/npm "$stage/npm"; fi

rm -rf "$prefix/lib/banger"
mv "$stage" "$prefix/lib/banger"
for program in banger bangerd; do
  cp "build/bin/$program" "$prefix/bin/.$program.new"
  mv "$prefix/bin/.$program.new" "$prefix/bin/$program"
done
cp -R build/share "$prefix/"
echo "installed $prefix/bin/banger"
