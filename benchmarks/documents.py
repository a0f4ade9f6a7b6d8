"""How fast the readers are, and how much memory they take: ``python benchmarks/documents.py``.

Each measurement runs in a process of its own, so that its peak of memory is its own. Prints a table and writes
``var/benchmarks/documents.json``. Thresholds are for two cores; the program ends with 1 where one is missed.
"""

from __future__ import annotations

import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
FOLDER = PROJECT / "var" / "benchmarks"
SENTENCE = (
    "云岭州{0}年固定资产投资增长{1}%以上，新开工亿元以上项目{1}个，"
    "牵头单位：州发展改革委，责任单位：各县（市）人民政府。"
)


def word_file() -> Path:
    """1,000 numbered paragraphs and 20 tables of 40 rows by 8 columns with merged heads and first columns."""
    from tests.documents import packages as pk

    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        + pk.level(0, "chineseCountingThousand", "%1、")
        + pk.level(1, "decimal", "%2.")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    parts = []
    for number in range(1000):
        parts.append(pk.numbered(SENTENCE.format(2018 + number % 3, number) * 2, 1, int(number % 10 > 0)))
        if number % 50 == 49:
            rows = [pk.cell("指标", 2) + pk.cell("分县市目标", 6)]
            for row in range(39):
                first = pk.cell("投资" if row % 3 == 0 else "", merge="restart" if row % 3 == 0 else "continue")
                rows.append(first + "".join(pk.cell(f"{row * column}亿元") for column in range(7)))
            parts.append(pk.table(*rows))
    return _keep("1000-paragraphs.docx", pk.word("".join(parts), numbering=numbering))


def pdf_file() -> Path:
    """200 pages of 30 lines, a ruled table of 10 rows on every tenth page."""
    from tests.documents import pdf_writer

    parts: list[object] = []
    for page in range(200):
        if page % 10 == 9:
            parts += [
                f"第{page}页",
                ([["指标", "目标", "责任单位"]] + [[f"项目{i}", f"{i}亿元", "州水务局"] for i in range(9)], []),
            ]
        else:
            parts.append(SENTENCE.format(2018, page) * 18)
        parts.append(None)
    return _keep("200-pages.pdf", pdf_writer.flow(parts))  # type: ignore[arg-type]


def text_file() -> Path:
    """50 MB of UTF-8."""
    line = (SENTENCE.format(2018, 15) + "\n").encode()
    return _keep("50-mb.txt", line * (50_000_000 // len(line)))


def _keep(name: str, data: bytes) -> Path:
    path = FOLDER / name
    path.write_bytes(data)
    return path


def bare_lxml(path: Path) -> int:
    """The floor for .docx: unzip, parse, and touch every text, without understanding anything."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
        root = etree.fromstring(file.read("word/document.xml"))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
    return sum(len(element.text or "") for element in root.iter(name))


def through_reader(path: Path) -> int:
    """What is measured: a file to its lines."""
    from luoshi.documents import read

    return len(read(path).lines)


CASES: dict[str, tuple[Callable[[], Path], Callable[[Path], int], float | None, float | None]] = {
    # name: (file, what is run, seconds at the most, peak MiB at the most); calibrated on two cores, 22 November
    "docx: 1000 paragraphs, 20 merged tables": (word_file, through_reader, 0.25, None),
    "docx: same file, lxml alone": (word_file, bare_lxml, None, None),
    "pdf: 200 pages, 20 ruled tables": (pdf_file, through_reader, 5.0, 256),
    "txt: 50 MB": (text_file, through_reader, 5.0, 512),
}


def measure(name: str, path: Path) -> dict[str, float | int | str]:
    """First run (with imports) and the median of five more, in this process.

    The threshold is on processor time: on a machine that others use too, wall time measures them.
    """
    run = CASES[name][1]
    before = _peak()
    started = time.perf_counter()
    size = run(path)
    first = time.perf_counter() - started
    after = _peak()
    wall, cpu = [], []
    for _ in range(5):
        started, used = time.perf_counter(), time.process_time()
        run(path)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    return {
        "name": name, "first_seconds": round(first, 3), "wall_seconds": round(median(wall), 3),
        "cpu_seconds": round(median(cpu), 3), "result": size,
        "bytes": path.stat().st_size, "peak_mib": round(after, 1), "start_mib": round(before, 1),
    }  # fmt: skip


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Run all cases, print and keep the figures."""
    if len(sys.argv) == 4 and sys.argv[1] == "--one":
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3])), ensure_ascii=False))
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    files: dict[Callable[[], Path], Path] = {}
    results, missed = [], []
    print(f"{'case':42} {'first s':>8} {'wall s':>8} {'cpu s':>8} {'peak MiB':>9} {'size MB':>8} {'lines/chars':>12}")
    for name, (make, _, most_seconds, most_mib) in CASES.items():
        path = files.setdefault(make, make()) if make not in files else files[make]
        output = subprocess.run(
            [sys.executable, __file__, "--one", name, str(path)], capture_output=True, text=True, check=True
        ).stdout
        result = json.loads(output)
        results.append(result)
        seconds = " ".join(f"{result[key]:8.3f}" for key in ("first_seconds", "wall_seconds", "cpu_seconds"))
        print(f"{name:42} {seconds} {result['peak_mib']:9.1f} {result['bytes'] / 1e6:8.2f} {result['result']:12,}")
        if most_seconds is not None and result["cpu_seconds"] > most_seconds:
            missed.append(f"{name}: {result['cpu_seconds']} s > {most_seconds} s")
        if most_mib is not None and result["peak_mib"] > most_mib:
            missed.append(f"{name}: {result['peak_mib']} MiB > {most_mib} MiB")
    for path in files.values():
        path.unlink()
    report = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "load": os.getloadavg(),
        "results": results,
        "missed": missed,
    }
    (FOLDER / "documents.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    print("load average", *(f"{value:.2f}" for value in os.getloadavg()))
    for line in missed:
        print("MISSED", line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
