# `make help` lists the commands. A newcomer needs two of them: `make demo` and `make test`.
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
WHEEL := $(CURDIR)/.wheel
# Two at a time, each file in one of them: more would want more memory than a laptop has. Two
# with two threads each would spend half their time waiting for each other.
TWO := -n 2 --dist loadfile
test: export OMP_NUM_THREADS := 1
# Whatever the caller's shell points Python at must not get in front of what is built here.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test setup check docs wheel bench bench-learn bench-shrink bench-examine bench-audit bench-operate soak fuzz clean

help:
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: setup ## build a model from the sample inbox, and say where its report is
	$(BIN)/lissom sample inbox demo/
	$(BIN)/lissom build demo/inbox.csv --out demo/inbox-model
	@echo
	@echo 'The report:  demo/inbox-model/report.html   (open it in a browser)'
	@echo 'Ask it:      .venv/bin/lissom predict demo/inbox-model --say "Where is my parcel?"'

test: check wheel ## make what is missing, run every check, then every test against the built wheel
	cd "$(CURDIR)" && PYTHONPATH="$(WHEEL)" LISSOM_WHEEL="$(WHEEL)" $(BIN)/pytest $(TWO) tests
	PYTHONPATH="$(WHEEL)" $(BIN)/pytest -q --doctest-modules "$(WHEEL)/lissom"

setup: .stamps/setup ## make .venv and install everything into it, once

check: setup docs ## format, lint, types, import contracts, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: setup ## measure; go on where it was stopped; write docs/figures.md
	$(BIN)/python benchmarks/run.py

bench-learn: setup ## measure learning beside SetFit; hours, resumed where it was stopped
	$(BIN)/python -m pip install -qq -c constraints.txt --group bench
	$(BIN)/python benchmarks/learn_setfit.py
	$(BIN)/python benchmarks/learn.py
	$(BIN)/python benchmarks/learn_misled.py
	$(BIN)/python benchmarks/learn_next.py
	$(BIN)/python benchmarks/learn_shapes.py
	$(BIN)/python benchmarks/learn_tables.py

bench-shrink: setup ## measure bundles beside other ways of answering; resumed where it was stopped
	$(BIN)/python benchmarks/shrink.py
	$(BIN)/python benchmarks/shrink_tables.py

bench-examine: setup ## measure the examination itself; half an hour, resumed where it was stopped
	$(BIN)/python benchmarks/exam_intervals.py
	$(BIN)/python benchmarks/exam_zoo.py
	$(BIN)/python benchmarks/exam_sets.py
	$(BIN)/python benchmarks/exam_tables.py

bench-audit: setup ## measure what audit finds beside cleanlab, datasketch and semhash
	$(BIN)/python -m pip install -qq -c constraints.txt --group audit-peers
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/audit_poison.py
	$(BIN)/python benchmarks/audit_annotators.py
	$(BIN)/python benchmarks/audit_contamination.py
	$(BIN)/python benchmarks/audit_tables.py

bench-operate: setup ## measure watching beside Evidently; hours, resumed where it was stopped
	$(BIN)/python benchmarks/operate_unlabelled.py
	$(BIN)/python benchmarks/operate_timeline.py
	$(BIN)/python benchmarks/operate_drift.py
	$(BIN)/python benchmarks/operate_tables.py

soak: setup ## half an hour of serving with a canary, a rollback, a drift and a kill inside
	@test -d demo/inbox-model || $(MAKE) demo
	@test -d demo/inbox-model-2 || $(BIN)/lissom build demo/inbox.csv --seed 2 --out demo/inbox-model-2
	$(BIN)/python benchmarks/soak.py demo/inbox-model demo/inbox-model-2 demo/inbox.csv --minutes 30

# Whatever it finds is written to a folder that its last lines name.
fuzz: setup ## throw damaged bundles at the reader for two minutes
	$(BIN)/python tests/fuzz/reader.py --seconds 120

clean: ## remove everything that make has made, the demo too
	rm -rf .venv .stamps .wheel .bench dist build demo docs/_build

docs: setup
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

# The tests run on what a user would install, so that a file missing from the wheel is found.
wheel: setup
	rm -rf dist "$(WHEEL)"
	$(BIN)/python -m pip wheel -qq . --no-deps --no-build-isolation -w dist
	$(BIN)/python -m pip install -qq --no-deps --target "$(WHEEL)" dist/lissom-*.whl

# Depends on the environment too: a .venv that was deleted is filled again.
.stamps/setup: pyproject.toml constraints.txt .venv/pyvenv.cfg
	@echo 'Installing into .venv; the first time this downloads a lot and takes minutes.'
	@{ $(BIN)/python -m pip install -qq --upgrade 'pip>=25.1' \
	&& $(BIN)/python -m pip install -qq -c constraints.txt -e '.[train,serve,excel]' --group dev; } \
	|| { echo 'make setup: pip could not install everything; the lines above say what and why.'; \
	echo 'It needs the network or a local index. Check both, then run the same command again.'; \
	exit 1; }
	@mkdir -p .stamps && touch $@

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || { echo 'make setup: there is no $(PYTHON) here.' \
	'Install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "make setup: $$($(PYTHON) --version 2>&1) is too old; 3.11 or newer is needed." \
	'Name another: make setup PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo 'make setup: no virtual environment could be' \
	'made. On Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
