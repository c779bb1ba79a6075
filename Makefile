# `make` alone lists the verbs. Longer recipes live in tools/ and tests/database.py.

.PHONY: help run test test-faults test-controls lint check db-test db-cycle bench test-ha lock clean
.DEFAULT_GOAL := help

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)

help: # This list
	@awk -F ':[^#]*# ' '/^[a-z-]+:.*# / { printf "%-10s %s\n", $$1, $$2 }' Makefile

run: .venv/run .tools/run # Start pgtill on 127.0.0.1:$PORT (8080); Ctrl-C stops it, its data stays in .data/
	@pgtill run

test: .venv/dev .tools/test # Everything that proves it: pgTAP, isolation specs and db-cycle on two PostgreSQLs, pytest, on every core
	python -m tests.database
	@# Side by side what may, a file always in one process; then what looks at the clock. The second pass
	@# runs whatever the first has found.
	pytest -m 'not alone' --numprocesses auto --dist loadfile --max-worker-restart 0; together=$$?; \
	    pytest -m alone && exit $$together

lint: .venv/dev # sqlfluff, ruff and mypy
	sqlfluff lint db
	ruff check
	ruff format --check
	mypy

check: lint test # What .ci/run runs

test-faults: .venv/dev .tools/faults # Crashes, hangs, full disks, bad clients and clocks under load, in their long forms (FAULT=name SEED=1 for one)
	pytest --long $(if $(SEED),--seed=$(SEED)) $(if $(FAULT),-k $(FAULT)) tests/faults

test-controls: .venv/dev .tools/faults # Each protection removed in a copy, each guard of the service too: a suite must turn red; writes docs/controls.md
	python -m tests.controls

db-test: .venv/dev .tools/test # pgTAP and the isolation specs only
	python -m tests.database pgtap isolation

db-cycle: .venv/dev .tools/test # Deploy, revert to nothing and deploy again must be a fixed point
	python -m tests.database cycle

bench: .venv/bench .tools/bench # All benchmarks, in one run (35 minutes): docs/benchmarks/ and the README's figures
	@python -m bench --output docs/benchmarks --readme README.md

test-ha: .venv/dev .tools/ha # Three Patroni nodes, twenty failovers under load, nothing lost (twenty minutes)
	@python -m tests.ha.failover --report docs/benchmarks/failover.json --page docs/operations.md

lock: # Write the lock files anew from pyproject.toml (wants uv)
	tools/lock

clean: # Remove what run and test installed in this folder, but no data
	rm -rf .venv .tools .hypothesis .mypy_cache .pytest_cache .ruff_cache

# What the verbs need. Each file is a stamp: made once, and again when what stands behind it changes.

.venv/run: pyproject.toml requirements.lock tools/venv
	@tools/venv requirements.lock
	@touch $@

.venv/dev: pyproject.toml requirements-dev.lock tools/venv
	@tools/venv requirements-dev.lock
	@touch .venv/run $@

.venv/bench: pyproject.toml requirements-bench.lock tools/venv
	@tools/venv requirements-bench.lock
	@touch .venv/run .venv/dev $@

.tools/run: tools/toolbox
	@tools/toolbox sqitch
	@touch $@

.tools/bench: tools/toolbox
	@tools/toolbox sqitch wrk
	@touch .tools/run $@

.tools/faults: tools/toolbox .tools/test
	@tools/toolbox faketime
	@touch $@

.tools/test: tools/toolbox
	@tools/toolbox sqitch pg_prove server pgbouncer wrk hledger promtool
	@touch .tools/run $@

.tools/ha: tools/toolbox tools/venv requirements-ha.lock
	@tools/toolbox sqitch etcd haproxy patroni
	@touch .tools/run $@
