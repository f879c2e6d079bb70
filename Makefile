# `make run` and `make test` need Python 3.11 to 3.13 with venv, and a network to install from.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run gallery test test-slow lint clean

run: .venv/installed
	$(BIN)/python -m recipes.vae_mnist $(ARGS)

# Needs npm, too. ARGS=--runs=runs shows your own runs in place of the models that ship.
gallery: .venv/installed gallery/node_modules/.package-lock.json
	$(BIN)/python -m gallery $(ARGS)

# A file of tests a core: its operations would wait for each other's threads if they also split over the cores.
test: .venv/installed lint
	@$(MAKE) --silent gallery/node_modules/.package-lock.json || echo "No npm: the gallery's tests are skipped."
	TF_NUM_INTRAOP_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: .venv/installed
	$(BIN)/python -m pytest -m slow

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/installed: setup.py constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

gallery/node_modules/.package-lock.json: gallery/package-lock.json
	npm ci --silent --prefix gallery

clean:
	rm -rf .venv gallery/node_modules
