"""``luoshi extract-corpus``: how two workers compare with one, for worker processes and for a local Spark.

A corpus of plans is written, large enough that starting Java and Python weighs little: every file is another plan of
its own figures (text, one in eight as .docx). To reach: two workers at least 1.7 times as fast as one, start and
writing included, on two cores that do nothing else (calibrated 2026-11-22). ``--files N`` makes it smaller or larger.
Without pyspark or Java only the worker processes are measured. Ends with 1 where the mark is missed, 2 where other
work held the machine so that nothing can be said.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
FILES = 320
SPEED_UP = 1.7
#: More than this many other processes wanting a core on average: the figures tell of them.
LOAD = 1.0
COUNTIES = ("云岭市", "东川县", "青石县", "白水县", "石屏县", "南华县")
TRADES = ("粮食", "林果", "茶叶", "花卉", "中药材", "生猪", "肉牛", "文旅", "光伏", "新材料", "绿色食品", "现代物流")
MEASURE = (
    "（{label}）壮大{trade}产业。坚持统筹规划、突出重点，围绕延链补链强链，健全{county}与周边地区协同推进机制，完善从基地到加工、从品牌到市场的服务体系，"
    "引导各类主体有序参与，推动要素向优势区域集中，切实解决规模偏小、链条偏短、标准不一等问题。实施{trade}提质增效工程，{year}年底前{county}新增{trade}经营主体{n}户以上，其中企业不少于{m}户；"
    "产值增长{p}%左右，综合产值达{n}.{m}亿元，亩均效益提高{p}个百分点。{month}月底前编制完成{trade}产业规划，每月{m}日前报送进展，按季度通报。"
    "（牵头单位：州农业农村局；责任单位：州发展改革委、州财政局、{county}人民政府）"
)


def plan(number: int) -> list[str]:
    """The paragraphs of a plan of some 30,000 characters; no two files are alike."""
    lines = [
        f"云岭州2026年{TRADES[number % 12]}产业行动方案（第{number}号）",
        "为推动产业发展，结合云岭州实际，制定本方案。",
    ]
    for chapter in range(12):
        lines.append(f"{'一二三四五六七八九十'[chapter % 10]}、{TRADES[(number + chapter) % 12]}重点任务")
        for item in range(14):
            k = number * 7 + chapter * 14 + item
            lines.append(
                MEASURE.format(
                    label="一二三四五六七八九十甲乙丙丁"[item],
                    trade=TRADES[k % 12],
                    county=COUNTIES[k % 6],
                    year=2026 + k % 3,
                    n=20 + k % 70,
                    m=1 + k % 19,
                    p=3 + k % 17,
                    month=1 + k % 12,
                )
            )
    return lines


def write(folder: Path, count: int) -> tuple[int, int]:
    """The corpus; characters and files."""
    from tests.documents import packages

    characters = 0
    for number in range(count):
        lines = plan(number)
        characters += sum(map(len, lines))
        path = folder / f"{number % 16:02}" / f"{number:05}"
        path.parent.mkdir(exist_ok=True)
        if number % 8 == 7:
            path.with_suffix(".docx").write_bytes(packages.word("".join(map(packages.p, lines))))
        else:
            path.with_suffix(".txt").write_text("\n\n".join(lines), "utf-8")
    return characters, count


def run(folder: Path, out: Path, engine: str, workers: int) -> dict[str, Any]:
    """One whole run of the command, from its start to the written file."""
    command = [sys.executable, "-m", "luoshi", "extract-corpus", str(folder), "--out", str(out), "--again"]
    busy, began = _busy(), time.perf_counter()
    subprocess.run(
        [*command, "--engine", engine, "--workers", str(workers)], check=True, stderr=subprocess.DEVNULL, timeout=3600
    )
    seconds = time.perf_counter() - began
    return {"engine": engine, "workers": workers, "seconds": round(seconds, 1), "cores busy": _cores(busy)}


def _busy() -> tuple[float, float]:
    """Processor time that the machine has spent working, niced work left out, and all time (ticks of all cores)."""
    try:
        ticks = [int(tick) for tick in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
    except OSError:
        return 0.0, 0.0
    user, nice, system, idle, waiting, irq, soft, steal = ticks
    return user + system + irq + soft + steal, user + nice + system + idle + waiting + irq + soft + steal


def _cores(before: tuple[float, float]) -> float:
    """How many cores worked since ``before``, this run's own work included."""
    after = _busy()
    whole = after[1] - before[1]
    return round((os.cpu_count() or 1) * (after[0] - before[0]) / whole, 2) if whole else 0.0


def main() -> int:
    """Write the corpus, run both engines with one worker and two, print and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=FILES)
    count = parser.parse_args().files
    engines = ["processes"]
    if importlib.util.find_spec("pyspark") and shutil.which("java"):
        engines.append("spark")
    runs: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch, "corpus")
        corpus.mkdir()
        characters, files = write(corpus, count)
        sizes = set()
        for engine in engines:
            for workers in (1, 2):
                out = Path(scratch, f"{engine}-{workers}.parquet")
                runs.append(run(corpus, out, engine, workers))
                sizes.add(out.read_bytes())
                print(runs[-1], flush=True)
    figures: dict[str, Any] = {
        "files": files, "characters": characters, "runs": runs, "load": os.getloadavg(), "same output": len(sizes) == 1
    }  # fmt: skip
    for engine in engines:
        one, two = (r["seconds"] for r in runs if r["engine"] == engine)
        figures[f"{engine}: two workers to one"] = round(one / two, 2)
        print(f"{engine:12} {characters:,} characters in {files} files: {one} s and {two} s, {one / two:.2f} times")
    target = PROJECT / "var" / "benchmarks"
    target.mkdir(parents=True, exist_ok=True)
    (target / "corpus.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    # one worker keeps one core busy; more than that is other people's work
    if max(r["cores busy"] for r in runs if r["workers"] == 1) > 1 + LOAD / 2:
        print("other work held the cores: no verdict")
        return 2
    reached = all(figures[f"{engine}: two workers to one"] >= SPEED_UP for engine in engines)
    return 0 if reached and figures["same output"] else 1


if __name__ == "__main__":
    sys.exit(main())
