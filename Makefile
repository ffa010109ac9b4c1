# Two commands matter: `make demo` runs the product, `make test` proves it. Both set up everything they need.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SEALING := src/waywatch/tips/static/tips/hpke.js
export WAYWATCH_DATA ?= var

.PHONY: demo test test-fast test-postgres check bench docs messages format clean
.DELETE_ON_ERROR:

demo: $(VENV)/base.done $(SEALING) ## run a demonstration; PORT=8001 chooses another port
	$(BIN)/waywatch demo

test: $(VENV)/dev.done $(SEALING) tools/browser.done check ## everything: checks, database, browser
	$(BIN)/pytest -n 2 -q -m "not e2e and not whole_server"
	$(BIN)/pytest -q -m e2e

test-fast: $(VENV)/dev.done $(SEALING) ## without browser and without slow tests
	$(BIN)/pytest -n 2 -q -m "not e2e and not slow and not whole_server"

test-postgres: $(VENV)/dev.done $(SEALING) tools/browser.done ## the whole suite against Debian's PostgreSQL 15
	tools/on-debian-postgresql $(BIN)/pytest -n 2 -q -m "not e2e and not whole_server"
	tools/on-debian-postgresql $(BIN)/pytest -q -m whole_server
	tools/on-debian-postgresql $(BIN)/pytest -q -m e2e

check: $(VENV)/dev.done $(SEALING) ## ruff, mypy strict, import contracts, templates, translations, sizes
	$(BIN)/ruff format --check src tests tools benchmarks
	$(BIN)/ruff check src tests tools benchmarks
	WAYWATCH_MODE=test $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet src
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/sizes.py

bench: $(VENV)/dev.done $(SEALING) ## one JSON object a line; NAME=geo runs one
	$(BIN)/python -m benchmarks $(NAME)

docs: $(VENV)/dev.done ## check that every link between documents leads somewhere
	$(BIN)/python tools/doclinks.py

messages: $(VENV)/dev.done ## collect the words of the pages into src/waywatch/locale
	$(BIN)/python tools/messages.py collect

format: $(VENV)/dev.done
	$(BIN)/ruff format src tests tools benchmarks
	$(BIN)/ruff check --fix src tests tools benchmarks

$(VENV)/python.done:
	tools/make-venv $(PYTHON) $(VENV)
	touch $@

$(VENV)/base.done: $(VENV)/python.done requirements/base.txt pyproject.toml $(wildcard src/waywatch/locale/*/LC_MESSAGES/django.po)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python tools/messages.py compile
	touch $@

$(VENV)/dev.done: $(VENV)/base.done requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

node_modules/.done: package-lock.json | $(VENV)/base.done
	tools/npm-ci
	touch $@

# The library that seals on the phone, as one file. Of several platforms npm installs the bundler of this one.
$(SEALING): src/waywatch/tips/bundle/hpke.js node_modules/.done
	node_modules/@esbuild/*/bin/esbuild $< --bundle --alias:crypto=./src/waywatch/tips/bundle/no-node.js --format=esm --minify --target=es2022 --log-level=warning --outfile=$@

tools/browser.done:
	tools/install-browser
	touch $@

clean:
	rm -rf $(VENV) node_modules $(SEALING) tools/browser.done build .mypy_cache .ruff_cache .hypothesis
