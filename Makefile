# Plimsoll: `make synth` is the main job, `make test` the tests. Each installs what it needs, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
ENV ?= $(or $(PLIMSOLL_ENV),production)
export PLIMSOLL_ENV := $(ENV)
export CHECKPOINT_DISABLE := 1

installed := node_modules/.package-lock.json

.PHONY: help synth images prices charts docs test test-elsewhere jest typecheck lint snapshots data-lock compare bench clean \
  proof engines proof-terraform proof-kubernetes proof-charts proof-capacity proof-linters proof-alerts proof-stores proof-promotion proof-backups proof-faults deploy drill destroy doctor

help: ## Show what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-17s %s\n", $$1, $$2}'
	@echo
	@echo "  ENV=production|staging|development|local chooses the environment (default production)"

$(installed): package.json package-lock.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error(`plimsoll needs Node 20.19 or newer, found $${process.versions.node}: install a supported version`); process.exit(1); }'
	@[ ! -L node_modules ] || { echo "node_modules is a link to $$(readlink node_modules): npm ci would empty that folder. Bring it up to date where it lies, or remove the link"; exit 1; }
	npm ci --no-audit --no-fund
	@touch $@

synth: $(installed) ## Write the Terraform of the environment to cdktf.out, if it is ready
	@node build.mjs run

images: $(installed) ## Enter the digests of the images that applications name into apps/images.lock.json
	@node build.mjs && node dist/config/images/refresh.js

prices: $(installed) ## Read AWS's public price list into catalog/prices; says what changed and what stayed
	@node build.mjs && node dist/catalog/prices/refresh.js

charts: $(installed) ## Render every chart and write its lock: CHARTS="key …"; PLIMSOLL_CHARTS names a folder of charts
	@for chart in catalog/charts/*/chart.ts; do lock="$${chart%chart.ts}lock.json"; [ -f "$$lock" ] || echo '{}' > "$$lock"; done
	@node build.mjs && CHARTS="$(CHARTS)" node dist/proof/charts/locks/main.js

docs: $(installed) ## Write docs/ anew from the policies and the schema of applications
	@node build.mjs && node dist/documentation/main.js

test: $(installed) ## Run all tests, the type check and the linters
	@$(MAKE) --no-print-directory -j2 --output-sync=target typecheck lint
	@$(MAKE) --no-print-directory jest

jest: $(installed)
	npx jest

test-elsewhere: $(installed) ## Run the tests, and synthesis, without the shipped applications and with other values of the organisation
	@node __tests__/elsewhere.mjs

typecheck: $(installed) ## Check the types
	npx tsc --noEmit --incremental --tsBuildInfoFile .cache/tsc.json

lint: $(installed) ## Check the style, the words, the size of folders and the direction of imports
	npx prettier --check --cache --cache-location .cache/prettier.json --log-level warn .
	npx eslint --cache --cache-location .cache/eslint.json .
	@node build/prose.mjs
	@node build/folders.mjs
	npx depcruise --config .dependency-cruiser.cjs main.ts apps catalog cli commands config constructs contract deployment documentation fast-paths models proof readiness stacks

snapshots: $(installed) ## Accept the stacks, and the shapes of the environments, as they are now
	@node build.mjs && node dist/commands/record-shapes.js
	PLIMSOLL_SNAPSHOTS=write npx jest __tests__/stacks __tests__/applications --updateSnapshot

data-lock: $(installed) ## Record what holds data in the environment: a synthesis that would lose it is refused from then on
	@node build.mjs && node dist/commands/record-data.js

compare: $(installed) ## Show what changes between two reports or output folders: BEFORE=… AFTER=…
	@node cli/bin.mjs diff "$(BEFORE)" "$(AFTER)"

bench: $(installed) ## Measure synthesis against an empty app of cdktf and against the same stacks unjudged
	@node build.mjs && node benchmarks/synthesis.mjs

proof: $(installed) ## Prove the platform on real engines: all parts below; REQUIRE_PROOF=1 fails where a tool is missing
	@node build.mjs && node dist/proof/main.js

engines: $(installed) ## Build the engines of the proof, once
	@node build.mjs && node dist/proof/main.js engines

proof-terraform: $(installed) ## Plan every stack with the real provider; deploy ENV=local to an emulated AWS, upgrade it, tear it down
	@node build.mjs && node dist/proof/main.js terraform

proof-kubernetes: $(installed) ## Apply every Kubernetes object to a real API server, schedule its pods, drain its nodes
	@node build.mjs && node dist/proof/main.js kubernetes

proof-charts: $(installed) ## Render every chart by real helm with the values of the stacks
	@node build.mjs && node dist/proof/main.js charts

proof-capacity: $(installed) ## Hold the capacity model against the real scheduler on random clusters
	@node build.mjs && node dist/proof/main.js capacity

proof-linters: $(installed) ## Run linters of others over everything synthesised; findings are explained or fail
	@node build.mjs && node dist/proof/main.js linters

proof-alerts: $(installed) ## Test every rule by promtool, every route by amtool; play incidents on Prometheus and Alertmanager
	@node build.mjs && node dist/proof/main.js alerts

proof-stores: $(installed) ## Check restores of a real PostgreSQL: to a point in time, from a dump, and damaged in each way
	@node build.mjs && node dist/proof/main.js stores

proof-promotion: $(installed) ## Run the promotion's state machine on real databases, caches and an API server, and let it fail
	@node build.mjs && node dist/proof/main.js promotion

proof-restores: $(installed) ## Run the tests of restores on real databases and caches: passed, damaged in each way, and cleaned up
	@node build.mjs && node dist/proof/main.js restores

proof-backups: $(installed) ## Back up namespaces with the real Velero, restore them in the other region, run the weekly test
	@node build.mjs && node dist/proof/main.js backups

proof-faults: $(installed) ## Plant faults and see that the proof finds and names each
	@node build.mjs && node dist/proof/faults/main.js

# ENV=local is an emulated AWS and API servers on this machine, started here; every other environment is an AWS account.
deploy: $(installed) ## Deploy in stages; repeat it to go on. With ENV=local to an emulated AWS and local API servers
ifeq ($(ENV),local)
	@node build.mjs && node dist/proof/local/deploy.js $(ARGS)
else
	@node cli/bin.mjs deploy $(ARGS)
endif

drill: $(installed) ## Play the loss of the primary region on what make deploy ENV=local started; measured beside computed times
ifeq ($(ENV),local)
	@node build.mjs && node dist/proof/local/drill.js $(ARGS)
else
	@echo "make drill plays the loss of a region on emulators alone: ENV=local. In an account it is a game day: docs/game-day.md"; exit 1
endif

destroy: $(installed) ## Destroy what make deploy deployed, after a question; with ENV=local stop its servers, too
ifeq ($(ENV),local)
	@node build.mjs && node dist/proof/local/destroy.js $(ARGS)
else
	@node cli/bin.mjs destroy $(ARGS)
endif

doctor: $(installed) ## Show what is missing on this machine and in the account, and what that prevents
	@node cli/bin.mjs doctor $(ARGS)

clean: ## Remove what was built
	rm -rf dist cdktf.out .cache/jest
