# Plimsoll: `make synth` is the main job, `make test` the tests. Each installs what it needs, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
ENV ?= $(or $(PLIMSOLL_ENV),production)
export PLIMSOLL_ENV := $(ENV)
export CHECKPOINT_DISABLE := 1

installed := node_modules/.package-lock.json

.PHONY: help synth test jest typecheck lint snapshots compare bench clean

help: ## Show what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo
	@echo "  ENV=production|staging|development|local chooses the environment (default production)"

$(installed): package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error(`plimsoll needs Node 20.19 or newer, found $${process.versions.node}: install a supported version`); process.exit(1); }'
	npm ci --no-audit --no-fund
	@touch $@

synth: $(installed) ## Write the Terraform of the environment to cdktf.out, if it is ready
	@node build.mjs && node dist/main.js

test: $(installed) ## Run all tests, the type check and the linters
	@$(MAKE) --no-print-directory -j3 --output-sync=target typecheck lint jest

jest: $(installed)
	npx jest

typecheck: $(installed) ## Check the types
	npx tsc --noEmit --incremental --tsBuildInfoFile .cache/tsc.json

lint: $(installed) ## Check the style and the direction of imports
	npx eslint --cache --cache-location .cache/eslint.json .
	npx depcruise --config .dependency-cruiser.cjs main.ts apps catalog config constructs models readiness stacks

snapshots: $(installed) ## Accept the stacks, and the shapes of the environments, as they are now
	PLIMSOLL_SHAPES=write npx jest __tests__/stacks --updateSnapshot

compare: $(installed) ## Show what changes between two reports: BEFORE=… AFTER=… (report.json)
	@node build.mjs && node dist/readiness/report/compare-main.js "$(BEFORE)" "$(AFTER)"

bench: $(installed) ## Measure synthesis against the bare start of cdktf and against the same stacks unjudged
	@node build.mjs && node benchmarks/synthesis.mjs

clean: ## Remove what was built
	rm -rf dist cdktf.out .cache/jest
