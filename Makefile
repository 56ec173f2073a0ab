# Every target does its own set-up (scripts/setup), once, and says what it is doing.

# make run PORT=9000 HOST=0.0.0.0 MUNICIPALITY=GM0363; left out: the setting's own default (README)
PORT ?=
HOST ?=
MUNICIPALITY ?=
# another Python for .venv, another browser for the tests
export PYTHON CHROME

python := .venv/bin/python
setup := @scripts/setup

.PHONY: run test check audit screenshots sheets bench evidence sbom lock

run:
	$(setup) runtime
	@echo "Run: http://localhost:$(or $(PORT),$(BIJDRAGEWIJZER_PORT),8080) (stop with Ctrl-C)"
	@exec $(python) main.py $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) \
		$(if $(MUNICIPALITY),--municipality $(MUNICIPALITY))

# Browser tests have a run of their own: together with nicegui.testing they break each other.
test: check
	$(setup) browser
	$(setup) provider
	$(setup) nginx
	@echo "Test: everything without a browser"
	@$(python) -m pytest -q -n 2 --dist loadgroup -m "not browser"
	@echo "Test: in the browser"
	@$(if $(wildcard tests/browser/test_*.py),$(python) -m pytest -q -n 2 -m browser,echo "There are none yet.")

check:
	$(setup) dev
	@echo "Check: lint and format"
	@$(python) -m ruff check --quiet .
	@$(python) -m ruff format --quiet --check .
	@echo "Check: types"
	@$(python) -m mypy
	@echo "Check: worked examples"
	@$(python) -m estimator check tests/cases/*.toml
	@echo "Check: articles and toolkit"
	@$(python) -m estimator content
	$(setup) spectral
	@echo "Check: description of the API"
	@scripts/check-api
	@echo "Check: known leaks of what it runs with"
	@scripts/check-leaks

# Every page in every language with axe; `make test` looks at a part of that.
audit:
	$(setup) dev
	$(setup) browser
	@AUDIT=full $(python) -m pytest -q -n 2 -m browser -k accessible tests/browser

# make screenshots LOCALES="nl ar" takes those languages only
screenshots:
	$(setup) dev
	$(setup) browser
	@PYTHONPATH=. $(python) scripts/screenshots.py $(LOCALES)

# Every kind of sheet in every language and size, as PDF and as pictures; make sheets LOCALES="nl ar" makes those only
sheets:
	$(setup) dev
	@PYTHONPATH=. $(python) scripts/sheets.py $(LOCALES)

bench:
	$(setup) bench
	@set -e; for script in benchmarks/*.py; do echo "Bench: $$script"; $(python) $$script; done

# What tests found of accessibility, as docs/accessibility.md
evidence:
	$(setup) dev
	$(setup) browser
	@PYTHONPATH=. $(python) scripts/evidence.py

# What the service runs with, as sbom.json
sbom:
	$(setup) dev
	@scripts/sbom

# make lock UPGRADE=--upgrade takes the newest versions that pyproject.toml allows
lock:
	$(setup) dev
	@scripts/lock $(UPGRADE)
