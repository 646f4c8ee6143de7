# Everything a contributor runs. The work is done by the scripts in scripts/, which can be run by themselves too.

TIME ?= 30s
FUZZTIME ?= 10m

.PHONY: help test soak fuzz bench scale corpus gallery api audit dist fmt

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

test: ## every check, with each step's seconds (about 11 minutes, and more the first time)
	@scripts/test

soak: ## every check at full length, on every CPython and other machine that is found, then every fuzz target for FUZZTIME (10m)
	@scripts/soak $(FUZZTIME)

fuzz: ## every fuzz target for TIME (30s), added up in FUZZING.md; RUN=regexp: some
	@scripts/fuzz $(TIME) $(if $(RUN),'$(RUN)')

bench: ## our speed beside NumPy, CPython, gonum, memcpy, FileServer, Zarr and Dask (6 minutes; QUICK=1: 2, RUN=regexp: some)
	@bench/run $(if $(QUICK),-quick) $(if $(RUN),-run '$(RUN)')

scale: ## what one server feeds, and when it takes several: docs/SCALE.md is written anew (5 minutes, on an idle machine)
	@bench/scale/run

corpus: ## write the generated test data anew, in place
	@scripts/corpus write

gallery: ## draw the README's pictures anew, by the commands beside them
	@GOWORK=off go test ./cmd/memview -run '^TestGallery$$' -update

api: ## write docs/api.txt, the exported surface, anew
	@GOWORK=off go test ./internal/api -update

audit: ## ask the databases of known vulnerabilities about every dependency
	@scripts/audit

dist: ## programs, wheels, source archive and checksums into dist/, built twice with the same bytes
	@scripts/dist

fmt: ## format the Go files
	@scripts/format write
