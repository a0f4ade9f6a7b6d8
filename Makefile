PYTHON ?= python3

.PHONY: lock
lock:
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.txt
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --group dev -o requirements/dev.txt
