# banger: build, install and check. `make demo` and `make test` need nothing before them.
SHELL := /bin/sh
PREFIX ?= /usr/local
DESTDIR ?=

# The project's own Node goes first once `make setup` has fetched it.
export PATH := $(CURDIR)/.tools/node/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: setup build check format
setup:
	@scripts/setup/main.sh

build:
	@node scripts/build/main.ts

# Types, lint, formatting, import rules, unused code, go vet. One alone: node scripts/check/main.ts types
check:
	@node scripts/check/main.ts

format:
	@biome check --write
	@gofmt -w agent
