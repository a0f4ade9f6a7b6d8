#!/usr/bin/env bash
# Sets up the virtual environment and the front-end files; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "需要 Python 3.11 或更新的版本（可用 make PYTHON=/路径/python3.11 指定）。" >&2
  exit 1
fi

stamp=.venv/.set-up
wanted=$(cat requirements/*.txt package-lock.json pyproject.toml tools/setup.sh | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted $PWD" ] && [ -d node_modules/@tabler/core ]; then
  exit 0
fi

# A virtual environment that was moved or copied from elsewhere does not work; make it anew.
if [ -d .venv ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then rm -rf .venv; fi
[ -d .venv ] || "$python" -m venv .venv
if ! .venv/bin/uv --version >/dev/null 2>&1; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
fi
.venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes requirements/dev.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .

if command -v npm >/dev/null 2>&1; then
  npm ci --silent --ignore-scripts --no-audit --no-fund
else
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/node.txt
  PATH="$PWD/.venv/bin:$PATH" .venv/bin/npm ci --silent --ignore-scripts --no-audit --no-fund
fi
# The first start must not pay for compiling (some environments forbid Python to do it on the way).
.venv/bin/python -m compileall -q src >/dev/null
echo "$wanted $PWD" >"$stamp"
