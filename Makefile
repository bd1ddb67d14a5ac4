# One command surface. `make help` lists it.
SHELL := /bin/bash
NODE_DIR := $(CURDIR)/.sandbox/cache/node/node_modules/.bin
export PATH := $(NODE_DIR):$(CURDIR)/.sandbox/cache/bin:$(PATH)

.PHONY: .check-text .check-tests .libraries .sandbox-libraries .image-libraries help sandbox sandbox-down test check install format bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

sandbox: install ## a mail server comes to life on this machine, no account needed (Debian 12, root)
	@node sandbox/main.ts up

sandbox-down: ## take the sandbox away: processes, mounts, namespace, files
	@node sandbox/main.ts down

# Format, lint and types are checked beside the tests, with what these leave of the machine.
test: install ## prove everything (needs the sandbox's machine)
	@was=$$(test -e .sandbox/run/env && echo up); code=0; \
	nice -n 15 $(MAKE) --no-print-directory --output-sync=target .check-text & texts=$$!; \
	npx vitest run --reporter=default --reporter=./test/support/closingLine.ts || code=$$?; \
	wait $$texts || code=$$?; \
	[[ $$was == up || ! -e .sandbox/run ]] || node sandbox/main.ts down || code=$$?; \
	exit $$code

check: install ## the fast half, without root: format, lint, types, unit, golden, component (without *.long.test.ts)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target .check-text .check-tests

.check-text:
	@npm run --silent check:text

# Hundreds of tests start the command or the program, which takes half the time from the bundle of the sources as they are.
.check-tests:
	@npm run --silent prepare && npm run --silent test:fast

format: install ## write the format
	@npm run --silent format

bench: install ## ratios: NAME ratio VALUE goal GOAL
	@npm run --silent bench

install: .sandbox/cache/installed ## Node and npm packages, where they are missing

.sandbox/cache/installed: sandbox/install-node sandbox/node/package-lock.json package-lock.json sandbox/package-lock.json sandbox/images/app/package-lock.json
	@sandbox/install-node
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target .libraries .sandbox-libraries .image-libraries
	@npm run --silent prepare
	@touch $@

# Side by side: they wait for the registry.
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.libraries:
	@$(NPM_CI)

.sandbox-libraries:
	@$(NPM_CI) --prefix sandbox

.image-libraries:
	@$(NPM_CI) --prefix sandbox/images/app

clean: sandbox-down ## the cache too
	@rm -rf .sandbox test-output node_modules sandbox/node_modules sandbox/images/app/node_modules
