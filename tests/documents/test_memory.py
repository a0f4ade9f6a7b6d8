"""Large files are read in memory that their size bounds: each in a process of its own, whose peak is its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import pdf_writer

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")

_LINE = "云岭州2026年固定资产投资增长15%以上，牵头单位：州发展改革委，责任单位：各县市人民政府。"
_READ = """
import re, sys
from pathlib import Path
from luoshi.documents import read
def peak():
    # not ru_maxrss: that remembers the process that started this one
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
lines = read(Path(sys.argv[1])).lines
print(len(lines), lines[-1].page or 0, (peak() - before) // 1024)
"""


def _read(path: Path) -> tuple[int, int, int]:
    """Lines, pages, and the MiB that reading took beyond the start of Python."""
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, check=True)
    lines, pages, mebibytes = map(int, done.stdout.split())
    return lines, pages, mebibytes


def test_fifty_megabytes_of_text(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    data = (_LINE + "\n").encode()
    count = 50_000_000 // len(data)
    path.write_bytes(data * count)
    lines, _, mebibytes = _read(path)
    assert lines == count
    assert mebibytes < 450


def test_two_hundred_pages_of_pdf(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    parts: list[object] = []
    for number in range(200):
        parts += [f"第{number + 1}页。{_LINE}" * 4, None]
    path.write_bytes(pdf_writer.flow(parts))  # type: ignore[arg-type]
    _, pages, mebibytes = _read(path)
    assert pages >= 200
    assert mebibytes < 120
