# slipway: build, run and test. `make` lists the targets.
# Repeated calls are quick and need no network: packages are installed only when one is missing.

JOBS ?= 2
ARGS ?=
ONLY ?=
FUZZ_SECONDS ?= 600
RELEASE := build/release

.DEFAULT_GOAL := help
.PHONY: test-bare help setup build run test check-asan check-tsan fuzz stores soak torture bench cluster cluster-down format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: ## installs the packages that slipway is built from, when one is missing (Debian)
	@scripts/setup

build: setup ## leaves build/release/bin/slipwayd and build/release/bin/slipway
	@scripts/build release slipwayd slipway

run: build ## starts a server on port 8080 with its data in ./slipway-data (ARGS="--listen …" for others)
	@exec $(RELEASE)/bin/slipwayd $(ARGS)

cluster: build ## starts nginx, three servers and all behind them on this machine (docs/cluster.md)
	@scripts/setup --test
	@scripts/cluster up $(ARGS)

cluster-down: ## ends what make cluster started; what it wrote stays in CLUSTER_DIR
	@scripts/cluster down

test: ## everything: unit, contract and house tests, black-box suites, fuzz targets, and both sanitizers
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/test release fuzz asan tsan

check-asan: ## the tests that run under the address and undefined behaviour sanitizers
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/test asan

check-tsan: ## the tests that run under the thread sanitizer
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/test tsan

fuzz: ## every fuzz target for FUZZ_SECONDS (600), two at a time (ONLY="head urls" runs those)
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/build fuzz fuzzers
	@scripts/fuzz $(FUZZ_SECONDS) $(ONLY)

stores: build ## the S3 client and its commands over Garage, Swift and Ceph (Garage is built once, from Rust)
	@scripts/setup --test
	@scripts/setup --long
	@scripts/build release s3_contract_test s3_store_contract_test s3_store_seeds_test
	@JOBS=$(JOBS) scripts/test stores

test-bare: ## slipwayd and slipway without MariaDB, S3, Consul, Redis and Kafka: they build, pass their tests and run
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/test bare

soak: build ## the long form of the crash tests: a 5 GiB upload, 10,000 files, many kills
	@scripts/setup --test
	@JOBS=$(JOBS) scripts/test soak

torture: build ## 1,000 kills, 1,200 power cuts, failing disks, races, clusters, simulations; two hours (ONLY=power runs one)
	@scripts/setup --test
	@JOBS=$(JOBS) ONLY=$(ONLY) scripts/test torture

bench: ## what slipway costs, as ratios to a floor measured in the same run (takes about 15 minutes)
	@scripts/setup --test
	@scripts/build release slipwayd slipway floor_receive floor_refuse overload_load mariadb_parts part_load recovery_fill
	@/usr/bin/python3 bench/receive_ratio.py
	@/usr/bin/python3 bench/through_ratio.py
	@/usr/bin/python3 bench/complete_time.py
	@/usr/bin/python3 bench/assembly_time.py
	@/usr/bin/python3 bench/acknowledgements.py
	@/usr/bin/python3 bench/mariadb_ratio.py
	@/usr/bin/python3 bench/ack_ratio.py
	@/usr/bin/python3 bench/recovery_time.py
	@/usr/bin/python3 bench/overload.py
	@/usr/bin/python3 bench/slow_bodies.py
	@/usr/bin/python3 bench/webhook_rate.py
	@/usr/bin/python3 bench/node_scaling.py
	@/usr/bin/python3 bench/kafka_rate.py

format: ## brings C++ into the house style
	@git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

clean: ## removes what was built, and a cluster that is down; keeps ./slipway-data
	rm -rf build
