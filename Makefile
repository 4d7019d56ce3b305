# `make demo` and `make test` set up what they need in .venv, from any machine with Python >= 3.11 and pip.
.PHONY: demo test test-all hosts fuzz check bench docs clean

VENV ?= .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough; `make PYTHON=/path/to/python` overrides it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
EXTRAS := models,train,diffusion,video,audio,control,serve,ray,ocr,dev
# Through the environment, the pins hold in the isolated build of the package too.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/python -m pip install -qq --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses=8
export NO_MKDOCS_2_WARNING := 1

demo: $(VENV)/.core
	$(BIN)/guerdon demo --out out/demo

test: $(VENV)/.everything
	$(PYTEST) -m "not slow and not hosts and not fuzz"

test-all: $(VENV)/.everything
	$(PYTEST) -m "not fuzz"

# Trainers and evaluators that cannot share our environment; each gets its own in .hosts, which takes minutes once.
hosts: | $(BIN)/python
	PYTHON=$(BIN)/python tests/hosts/run.sh .hosts

fuzz: $(VENV)/.everything
	$(PYTEST) -m "hypothesis or fuzz" --hypothesis-profile=fuzz

check: $(VENV)/.everything
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m pytest -q tests/test_structure.py tests/test_docs.py
	$(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.everything
	@failed=; for file in $(filter-out benchmarks/timing.py,$(wildcard benchmarks/*.py)); do \
		echo "== $$file"; $(BIN)/python "$$file" || failed="$$failed $$file"; done; \
	test -z "$$failed" || { echo "missed its bar:$$failed"; exit 1; }

docs: $(VENV)/.everything
	$(BIN)/mkdocs build --strict
	@echo "open site/index.html"

clean:
	rm -rf build dist out site .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "guerdon needs Python >= 3.11: install one, or make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(BIN)/python
	@echo "setting up the core in $(VENV)"
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.everything: $(VENV)/.core
	@echo "setting up everything in $(VENV); the first time takes minutes"
	@$(INSTALL) -e ".[$(EXTRAS)]"
	@touch $@
