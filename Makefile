# make report: the main job on the bundled sample, or on DATA=path, written to OUT=dir
# make test, make lint, make bench, make clean
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STAMP := $(VENV)/.installed
OUT ?= report
DATA ?=
DELIVERABLES ?= docs/verified_status
.DEFAULT_GOAL := report
.PHONY: report deliverables docs test lint bench clean

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version). Try: make PYTHON=python3.12"; exit 2; }
	@echo "Setting up $(VENV) (first run only, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  --editable ".[report,parquet,dask,peers,docs,dev]"
	@touch $@

report: $(STAMP)
	@$(VENV)/bin/logreg report $(if $(DATA),"$(DATA)") --out "$(OUT)"

# The case study's summary, PACE document and report, for the course file: make deliverables DATA=path
deliverables: $(STAMP)
	@$(if $(DATA),,echo "Name the course file: make deliverables DATA=path/tiktok_dataset.csv"; exit 2;) \
	  $(VENV)/bin/logreg deliverables "$(DATA)" --out "$(DELIVERABLES)" \
	  && LOGREG_DATA_DIR="$$(dirname "$(DATA)")" $(RUN) notebooks/build_verified_status.py

# The documentation site, in build/docs; links to other places: make docs BUILDER=linkcheck
BUILDER ?= html
docs: $(STAMP)
	@$(RUN) -m sphinx -b $(BUILDER) -W --keep-going -q -E -a -d build/doctrees docs build/$(if $(filter html,$(BUILDER)),docs,$(BUILDER))

test: $(STAMP)
	@$(RUN) -m pytest --numprocesses 2 --dist worksteal

lint: $(STAMP)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

bench: $(STAMP)
	@$(RUN) -m benchmarks.run --quick

clean:
	rm -rf $(VENV) report build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
