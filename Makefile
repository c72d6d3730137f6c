# make demo   the main job on an embedded API: two runs, and the tables that came out
# make demo-aws   terraform apply on an AWS of this machine, and a workflow whose jobs really run
# make test   every test that is not slow
# make test-glue6   the same tests on what Glue 6.0 has: Python 3.13, Spark 4.1, Delta 4.2, ANSI mode
# make check  what CI runs besides: ruff, mypy
# make bench  what is promised of speed and memory, measured beside what else could be taken: bench/RESULTS.md
# make scan   checkov on terraform/, which is installed in an environment of its own
# make docs   the documentation as a site, in site/
# make package  what Terraform uploads: the wheel, the zips of wheels for Glue, the zip for Lambda
# make        this list

# Which Glue the environment stands in for. Its Python tells pip which Spark: see `local` in pyproject.toml.
GLUE ?= 5.1
NEEDED := $(if $(filter 6.0,$(GLUE)),3.13,3.11)
VENV := $(if $(filter 6.0,$(GLUE)),.venv/glue6,.venv)
PINNED := $(if $(filter 6.0,$(GLUE)),-c package/glue-6.0.txt -c package/pins.txt)

# The first that really starts: a version manager may have put a name on the PATH that leads to nothing.
PYTHON ?= $(shell for one in python$(NEEDED) "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$(NEEDED).*/bin/python python3; do \
  "$$one" -c 'import sys; sys.exit(sys.version_info[:2] != tuple(map(int, "$(NEEDED)".split("."))))' 2>/dev/null && echo "$$one" && exit; done; echo python3)
BIN := $(VENV)/bin
LOCAL := $(VENV)/.local
DEV := $(VENV)/.dev

# Two processes: each begins with one half of the tests that need Spark, and then takes what is left.
SIDE_BY_SIDE := -n 2 --dist loadgroup --no-loadscope-reorder

# The time that is written into the wheel, so that the same code gives the same bytes: 1980, where zip files begin.
EPOCH := 315532800

.PHONY: help demo demo-aws test test-glue6 test-all bench bench-full check format schema docs wheel package scan clean needs-python needs-java needs-terraform

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

demo: needs-java $(LOCAL)
	@$(BIN)/python -m demo.tour

demo-aws: needs-java needs-terraform $(DEV) wheel
	@$(BIN)/python -m local_aws.tour

test: needs-java $(DEV)
	$(BIN)/python -m pytest -m "not slow" $(SIDE_BY_SIDE)

test-glue6:
	@$(MAKE) --no-print-directory test GLUE=6.0

test-all: needs-java $(DEV)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV)
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

schema: $(LOCAL)
	$(BIN)/python -m glue_lib.spec.schema > pipelines/pipeline.schema.json
	$(BIN)/python -m glue_lib.landing.run_record > terraform/modules/runs/columns.json

# Strict: a page that is not in the navigation, or a link that leads nowhere, is an error. Nothing is fetched.
docs: $(DEV)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "site/index.html: open it, or serve it: $(BIN)/mkdocs serve"

wheel: $(DEV)
	rm -rf build dist
	SOURCE_DATE_EPOCH=$(EPOCH) $(BIN)/python -m build --wheel --outdir dist .

# Wheels only, nothing is compiled: it works on any machine, and gives the same bytes there.
package: wheel
	$(BIN)/python -m package

# checkov pins half of PyPI, so it does not share the project's environment.
scan: .venv/scan/bin/checkov
	HCL_PARSE_TIMEOUT_SEC=120 .venv/scan/bin/checkov -d terraform --config-file terraform/checkov.yaml

.venv/scan/bin/checkov: | $(LOCAL)
	$(BIN)/python -m venv .venv/scan
	.venv/scan/bin/python -m pip install --quiet --disable-pip-version-check checkov==3.3.30

# Those it is measured against need an environment of their own.
bench: needs-java $(DEV) .venv/bench/.made
	$(BIN)/python -m bench

bench-full: needs-java $(DEV) .venv/bench/.made
	$(BIN)/python -m bench --full

.venv/bench/.made: bench/requirements.txt | $(LOCAL)
	@test -x .venv/bench/bin/python || $(BIN)/python -m venv .venv/bench
	@echo "Installing what is measured beside Headwater ..."
	@.venv/bench/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

clean:
	rm -rf .venv build dist site demo-lake *.egg-info awsglue_local/*.egg-info

# What the laptop needs to stand in for Glue, and on top of it what tests and checks need.
$(LOCAL): pyproject.toml setup.py awsglue_local/pyproject.toml | needs-python
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (Spark is large; this takes a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PINNED) -e '.[local]' -e ./awsglue_local
	@touch $@

$(DEV): $(LOCAL)
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PINNED) -e '.[local,test]' -e ./awsglue_local
	@touch $@

needs-python:
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(NEEDED)")' 2>/dev/null || { \
	  echo "Python $(NEEDED) is needed (AWS Glue $(GLUE) has it), found: $$($(PYTHON) --version 2>&1 | head -1)." \
	       "Install it and run: make $(MAKECMDGOALS) GLUE=$(GLUE) PYTHON=/path/to/python$(NEEDED)" >&2; exit 1; }

needs-java:
	@JAVA="$${JAVA_HOME:+$$JAVA_HOME/bin/}java"; "$$JAVA" -version 2>&1 | grep -q 'version "17' || { \
	  echo "Java 17 is needed (AWS Glue 5.1 has it), found: $$("$$JAVA" -version 2>&1 | head -1)." \
	       "Install it, or point JAVA_HOME at it, and run make $(MAKECMDGOALS) again" >&2; exit 1; }

needs-terraform:
	@command -v terraform >/dev/null || { \
	  echo "Terraform 1.9 or newer is needed on the PATH for make $(MAKECMDGOALS)" >&2; exit 1; }
