# banger. `make demo` and `make test` need nothing before them.
SHELL := /bin/sh
PREFIX ?= /usr/local
DESTDIR ?=

# The project's own tools go first once `make setup` has fetched them; setup itself runs with the machine's own.
machine_path := $(PATH)
export PATH := $(CURDIR)/.tools/node/bin:$(CURDIR)/.tools/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help setup build install demo check docs format test bench clean

help:
	@echo 'make demo      boot a VM and run uname in it'
	@echo 'make test      every check and test; one part: make test ARGS=unit (check, go, unit, integration, e2e)'
	@echo 'make setup     install what is missing and build; build, check, docs, format, bench, install, clean do one thing each'

setup:
	@PATH="$(machine_path)" scripts/setup/main.sh

build:
	@node scripts/build/main.ts

# Into PREFIX (default /usr/local); DESTDIR is put before it, for packagers.
install: build
	@scripts/install.sh '$(DESTDIR)$(PREFIX)'

demo: setup
	@build/bin/banger vm run -- uname -a

check:
	@node scripts/check/main.ts

# What is kept in docs/ and made from the source; and the API for a browser, in build/docs/api.
docs: build
	@node scripts/docs/main.ts
	@typedoc

format:
	@biome check --write
	@gofmt -w agent

test: setup
	@node scripts/test/main.ts $(ARGS)

bench: setup
	@node bench/run.ts $(ARGS)

clean:
	@rm -rf build
