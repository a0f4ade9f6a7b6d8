"""Cold start of ``luoshi serve`` on SQLite: from the command to the first answered page.

To reach: ≤ 3 s with an existing database (calibrated 2026-11-22 on 2 cores).
A bare ``python -c pass`` stands beside it.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LIMIT_SECONDS = 3.0
RUNS = 5


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def serve_once(home: str) -> tuple[float, float]:
    """Seconds until the sign-in page answers, and megabytes held by the server's processes then."""
    port = free_port()
    environment = os.environ | {"LUOSHI_HOME": home, "DATABASE_URL": ""}
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "luoshi", "serve", "--port", str(port), "--no-worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=5) as answer:
                    answer.read()
                break
            except (urllib.error.URLError, ConnectionError):
                if time.perf_counter() - began > 60 or server.poll() is not None:
                    raise
                time.sleep(0.02)
        return time.perf_counter() - began, resident_megabytes(server.pid)
    finally:
        server.terminate()
        server.wait(15)


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and its children (Linux)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(fields[1]) == pid:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total / 2**20


def main() -> None:
    """Print the table and write it as JSON."""
    with tempfile.TemporaryDirectory() as home:
        first, _ = serve_once(home)  # creates the database
        later = [serve_once(home) for _ in range(RUNS)]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - began
    figures = {
        "first start, database created (s)": round(first, 2),
        "cold start, median (s)": round(statistics.median(seconds for seconds, _ in later), 2),
        "to reach (s)": LIMIT_SECONDS,
        "bare interpreter (s)": round(bare, 3),
        "server's memory (MB)": round(later[-1][1]),
    }
    for name, value in figures.items():
        print(f"{name:40} {value}")
    folder = PROJECT / "var" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cold_start.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
