# make run and make test set everything up themselves; Python 3.11+ and make are all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test quick lint format messages publish bench chromium clean

run: $(VENV)/app.installed
	$(BIN)/python -m churnbook samples
	$(BIN)/streamlit run app.py --server.port 8501

test: $(VENV)/test.installed chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser"
	$(BIN)/python -m pytest -n 2 --dist worksteal -m browser

quick: $(VENV)/test.installed
	$(BIN)/python -m tests.quick $(what)

lint: $(VENV)/test.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfmt --check $$($(BIN)/python -m churnbook drafts) tests/tiny_queries

format: $(VENV)/test.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt $$($(BIN)/python -m churnbook drafts) tests/tiny_queries

messages: $(VENV)/test.installed
	$(BIN)/python -m churnbook.messages

publish: $(VENV)/test.installed
	$(BIN)/python -m churnbook publish

bench: $(VENV)/test.installed
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_app
	$(BIN)/python -m tests.bench_reasons
	$(BIN)/python -m tests.bench_benchmarks

chromium: $(VENV)/test.installed
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	|| (command -v apt-get >/dev/null && apt-get update -q && apt-get install -y -q chromium fonts-noto-cjk) \
	|| $(BIN)/playwright install --with-deps chromium

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Churnbook needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/app.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.installed: tests/requirements.txt $(VENV)/app.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

clean:
	rm -rf $(VENV) .churnbook .pytest_cache .mypy_cache .ruff_cache
