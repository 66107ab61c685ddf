# Meson and Ninja do the work; this is the door.  `make help` lists what there is.

BUILD ?= build
PYTHON = /usr/bin/python3
JOBS ?= $(shell nproc)
CRASH_EVERY ?= 17
DEPS = tools/install-deps

all: deps-build $(BUILD)/build.ninja ## build brant in build/ (the default)
	@ninja -C $(BUILD) -j $(JOBS)

$(BUILD)/build.ninja:
	meson setup $(BUILD) $(MESON_OPTIONS)

deps-%:
	@$(DEPS) $*

demo: deps-build deps-run all ## show brant on an example, with a local PostgreSQL behind PgBouncer
	@tools/demo $(BUILD)/src/brant

test: deps-build deps-run deps-test ## every test; the last line is "N passed, N failed"
	@$(PYTHON) tools/run-tests --build $(BUILD) --jobs $(JOBS) $(TESTS)

corpus: deps-build deps-run deps-test all ## brant diff on each subfolder of DIR with old.sql and new.sql, both ways
	@tools/corpus --brant $(BUILD)/src/brant --jobs $(JOBS) $(or $(DIR),tests/corpus)

crash-matrix: deps-build deps-run deps-test all ## kill everything at every CRASH_EVERYth message, and count (docs/reliability.md)
	@rm -f $(BUILD)/crash-matrix
	@CRASH_EVERY=$(CRASH_EVERY) CRASH_REPORT=$(abspath $(BUILD))/crash-matrix $(PYTHON) -m pytest -q -n $(JOBS) tests/scenario/test_crash_matrix.py
	@sort $(BUILD)/crash-matrix

prisma-many: deps-build deps-run deps-test all ## thousands of random schemas, mutations and pairs: brant and Prisma's own engine (make test has 60)
	@PRISMA_MANY=$(or $(PRISMA_MANY),1000) BRANT=$(BUILD)/src/brant $(PYTHON) -m pytest -q -n $(JOBS) tests/interop/test_prisma_schema.py tests/interop/test_prisma_pairs.py

schema-many: deps-build deps-run deps-test all ## random pairs of schemas through make corpus: SCHEMA_MANY of them, from the seed SCHEMA_FIRST on
	@SCHEMA_MANY=$(or $(SCHEMA_MANY),300) SCHEMA_FIRST=$(or $(SCHEMA_FIRST),1000) BRANT=$(BUILD)/src/brant $(PYTHON) -m pytest -q tests/test_corpus.py -k random

test-matrix: deps-build deps-run deps-test all ## the same tests (or TESTS=...) on PostgreSQL 13 to 18 (or MAJORS=...; binaries from npm)
	@JOBS=$(JOBS) tools/test-matrix $(BUILD)/src/brant $(MAJORS) $(if $(TESTS),-- $(TESTS))

bench: deps-build deps-run deps-test all ## measure brant against other tools
	@bench/run
	@bench/schema.py

lint: deps-build deps-lint $(BUILD)/build.ninja ## layers, clang-format, clang-tidy
	@ninja -C $(BUILD) -j $(JOBS)
	@$(PYTHON) tools/lint --build $(BUILD)

fuzz: deps-build deps-fuzz ## run each fuzz target for 60 seconds
	@tools/fuzz $(SECONDS_EACH)

install: all ## install brant (DESTDIR and MESON_OPTIONS=--prefix=... as usual)
	@meson install -C $(BUILD) --no-rebuild

clean: ## remove the build folders
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

.PHONY: all demo test corpus crash-matrix prisma-many schema-many test-matrix bench lint fuzz install clean help
