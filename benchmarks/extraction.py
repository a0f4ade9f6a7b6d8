"""Extraction over the five source documents: speed, memory and quality against the gold annotations.

To reach: ≥ 300,000 characters/s on one core, the whole process (start, reading, extraction, records) ≤ 2.5 s and
≤ 250 MB (calibrated 2026-11-22 on 2 cores). Beside it: one plain compiled regular expression over the same text.
The documents are looked for in ``$LUOSHI_SHARED``, else in ``shared`` beside the project.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("LUOSHI_SHARED") or PROJECT.parent / "shared")
CHARACTERS_PER_SECOND = 300_000
PROCESS_SECONDS = 2.5
MEGABYTES = 250
RUNS = 5
#: What a quick script would do: numbers with a unit, and brackets that name units.
PLAIN = re.compile(
    r"[（(](?:牵头|责任|配合)[^（）()]{1,300}[)）]|\d+(?:\.\d+)?\s*(?:%|[万亿]?(?:元|户|个|家|人|亩|吨|项|次))(?:以上|以内|左右)?"
)

_WHOLE = """
import json, resource, sys
from pathlib import Path
from luoshi.documents.reader import read
from luoshi.extraction import extract, records
for name in sys.argv[2:]:
    out = Path(sys.argv[1], Path(name).stem + ".jsonl")
    lines = (json.dumps(record, ensure_ascii=False) for record in records(extract(read(Path(name)))))
    out.write_text("\\n".join(lines), "utf-8")
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime]))
"""


def speed(seeds: list[Path]) -> dict[str, Any]:
    """Characters a second of CPU time, the median of some runs: extraction, and the plain expression."""
    from luoshi.documents.reader import read
    from luoshi.extraction import extract

    documents = [read(seed) for seed in seeds]
    characters = sum(len(document.text) for document in documents)
    rates, plain = [], []
    each: dict[str, list[float]] = {document.name: [] for document in documents}
    for _ in range(RUNS):
        began = time.process_time()
        for document in documents:
            own = time.process_time()
            extract(document)
            each[document.name].append(len(document.text) / (time.process_time() - own))
        rates.append(characters / (time.process_time() - began))
        began = time.process_time()
        for document in documents:
            PLAIN.findall(document.text)
        plain.append(characters / (time.process_time() - began))
    return {
        "characters": characters,
        "characters/s, extraction": round(statistics.median(rates)),
        "characters/s, to reach": CHARACTERS_PER_SECOND,
        "characters/s, one plain expression": round(statistics.median(plain)),
        **{f"characters/s, {name}": round(statistics.median(own)) for name, own in each.items()},
    }


def check_speed(seeds: list[Path]) -> dict[str, Any]:
    """Characters a second of CPU time, the median of some runs: the check-up of what was extracted, with unit names."""
    from luoshi.checks import check
    from luoshi.documents.reader import read
    from luoshi.extraction import extract
    from luoshi.units import UnitDirectory

    directory = UnitDirectory.from_csv(SHARED / "data" / "units.csv", SHARED / "data" / "unit-names.csv")
    documents = [read(seed) for seed in seeds]
    extractions = [extract(document) for document in documents]
    characters = sum(len(document.text) for document in documents)
    rates, findings = [], 0
    for _ in range(RUNS):
        began = time.process_time()
        findings = sum(
            len(check(extraction, document, directory))
            for extraction, document in zip(extractions, documents, strict=True)
        )
        rates.append(characters / (time.process_time() - began))
    return {"characters/s, check-up": round(statistics.median(rates)), "check-up, findings": findings}


def whole_process(seeds: list[Path], folder: Path) -> dict[str, Any]:
    """Seconds and megabytes of a process that reads all documents and writes their records to ``folder``."""
    walls, usages = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        command = [sys.executable, "-c", _WHOLE, str(folder), *map(str, seeds)]
        usages.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        walls.append(time.perf_counter() - began)
    megabytes, seconds = (max(column) for column in zip(*usages, strict=True))
    # the quickest run: what other programs on the machine take is not the extraction's
    return {
        "whole process (s)": round(min(walls), 2),
        "whole process, CPU, slowest run (s)": round(seconds, 2),
        "whole process, to reach (s)": PROCESS_SECONDS,
        "memory (MB)": round(megabytes),
        "memory, to reach (MB)": MEGABYTES,
    }


def quality(folder: Path) -> dict[str, Any]:
    """The figures of the shared evaluation tool for each gold file."""
    figures = {}
    for gold in sorted((SHARED / "gold").glob("*.jsonl")):
        document = json.loads(gold.read_text("utf-8").partition("\n")[0])["doc"]
        tool = SHARED / "tools" / "evaluate_extraction.py"
        command = [sys.executable, str(tool), str(gold), str(folder / f"{document}.jsonl"), "--json"]
        scores = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for name, score in scores.items():
            value = score.get("f1", score.get("accuracy"))
            if value is not None:
                figures[f"{gold.stem}: {name}"] = round(value, 4)
    return figures


def main() -> int:
    """Print the table, write it as JSON; 0 when every mark is reached, 2 where the documents are absent."""
    seeds = sorted((SHARED / "seeds").glob("*.txt"))
    if not seeds:
        print(f"no source documents in {SHARED.name}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = whole_process(seeds, Path(folder)) | speed(seeds) | check_speed(seeds) | quality(Path(folder))
    figures["this process, peak (MB)"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    for name, value in figures.items():
        print(f"{name:60} {value:>12,}")
    target = PROJECT / "var" / "benchmarks"
    target.mkdir(parents=True, exist_ok=True)
    (target / "extraction.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    reached = (
        figures["characters/s, extraction"] >= CHARACTERS_PER_SECOND
        and figures["whole process (s)"] <= PROCESS_SECONDS
        and figures["memory (MB)"] <= MEGABYTES
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
