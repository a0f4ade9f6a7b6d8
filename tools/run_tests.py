"""Everything that must hold before a change lands: style, types, layers, then all tests on SQLite and PostgreSQL.

The last line printed is ``N passed, N failed, N skipped`` over all runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from temporary_postgresql import available, temporary_postgresql

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


def step(title: str, *command: str, environment: dict[str, str] | None = None) -> bool:
    """Run one command; whether it succeeded."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    done = subprocess.run(command, cwd=PROJECT, env=os.environ | (environment or {}), check=False)
    print(f"== {title}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return done.returncode == 0


def program(name: str) -> str:
    """A program of the virtual environment."""
    return str(PROGRAMS / name)


def static_checks() -> bool:
    """Style, types, layers, migrations."""
    with tempfile.TemporaryDirectory() as home:
        return all(
            [
                step("ruff check", program("ruff"), "check", "."),
                step("ruff format", program("ruff"), "format", "--check", "--quiet", "."),
                step("mypy", program("mypy")),
                step("import-linter", program("lint-imports")),
                step(
                    "migrations",
                    sys.executable,
                    "manage.py",
                    "makemigrations",
                    "--check",
                    "--dry-run",
                    environment={"LUOSHI_HOME": home},
                ),
            ]
        )


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report; a run that wrote none counts as one failure."""
    if not report.exists():
        return 0, 1, 0
    total = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def main() -> int:
    """Run all; 0 when everything holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--static-only", action="store_true", help="style, types and layers only")
    arguments = parser.parse_args()
    sound = static_checks()
    if arguments.static_only:
        return 0 if sound else 1
    results: list[tuple[int, int, int]] = []
    pytest = (sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "sqlite.xml"
        sqlite = {"DATABASE_URL": ""}
        sound &= step("tests on SQLite", *pytest, f"--junitxml={report}", environment=sqlite)
        results.append(counts(report))
        if available():
            report = Path(folder) / "postgresql.xml"
            with temporary_postgresql() as url:
                sound &= step(
                    "database tests on PostgreSQL",
                    *pytest,
                    "tests/apps",
                    "tests/site",
                    f"--junitxml={report}",
                    environment={"DATABASE_URL": url},
                )
            results.append(counts(report))
        else:
            print("\n== database tests on PostgreSQL: skipped, no server is installed (Debian: postgresql)")
    passed, failed, skipped = (sum(column) for column in zip(*results, strict=True))
    print()
    if not sound and not failed:
        print("静态检查未通过。")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
