#!/bin/sh
# Gets everything that banger's build and tests need, and builds it. Run again it finds all in place and does nothing.
set -eu
cd "$(dirname "$0")/../.."
. scripts/setup/say.sh

scripts/setup/packages.sh
scripts/setup/node.sh
scripts/setup/npm.sh
scripts/setup/go.sh
scripts/setup/dependencies.sh
scripts/setup/build.sh
