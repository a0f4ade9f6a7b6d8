"""Scoring of all counties of the country: ``python benchmarks/scoring.py``.

2,851 units × 13 items with the reason of every point written out, and 2,851 × 200 items; beside sorting alone, the
least that any ranking must do. To reach (calibrated 2026-11-22, two cores): 1 s with reasons, 10 s for 200 items.
Prints a table and writes ``var/benchmarks/scoring.json``; ends with 1 where a mark is missed.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "src"))

from luoshi.scoring import Fact, Scheme, from_data, score  # noqa: E402

T = TypeVar("T")
UNITS, FEW, MANY, RUNS = 2_851, 13, 200, 5
SECONDS_FEW, SECONDS_MANY = 1.0, 10.0
#: As in annex 6: growth, completion, counts, targets.
KINDS = (
    {"unit": "%", "method": {"type": "ranking"}, "gates": [{"when": "实际 < 0", "because": "负增长不得分"}]},
    {"unit": "万美元", "basis": "completion", "method": {"type": "ranking"}},
    {"unit": "次", "method": {"type": "ranking"}},
    {"unit": "个", "method": {"type": "target"}},
)


def scheme_of(items: int) -> Scheme:
    """A scheme of so many items of all kinds, with the assumptions that annex 6 needs."""
    keys = [str(number + 1) for number in range(items)]
    return from_data(
        {
            "key": "benchmark",
            "title": "全国县域评分",
            "groups": [
                {
                    "key": "all",
                    "title": "全部指标",
                    "items": [
                        {"key": key, "title": f"第{key}个指标（累计）", "points": 10, **KINDS[at % len(KINDS)]}
                        for at, key in enumerate(keys)
                    ],
                }
            ],
            "assumptions": [
                {"key": "ranking", "text": "竞争性排名得 满分×(单位数-名次+1)÷单位数", "items": keys},
                {"key": "ties", "text": "并列的都取较好名次", "items": keys},
            ],
        }
    )


def facts_of(items: int) -> list[Fact]:
    """Figures with ties, gaps, negative growth and missing targets."""
    chance = random.Random(11)
    facts = []
    for unit in range(UNITS):
        name = f"县{unit:04d}"
        for item in range(items):
            kind = item % len(KINDS)
            value = Decimal(chance.randint(-200, 4000)) / 100 if kind == 0 else Decimal(chance.randint(0, 600))
            target = Decimal(chance.randint(1, 500)) if kind in (1, 3) and chance.random() > 0.01 else None
            facts.append(Fact(name, str(item + 1), value if chance.random() > 0.02 else None, target))
    return facts


def quickest(runs: int, work: Callable[..., T], *given: Any) -> tuple[float, T]:
    """Seconds of processor time of the quickest of some calls, and what it gave."""
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        began = time.process_time()
        result = work(*given)
        best = min(best, time.process_time() - began)
    return best, result


def sorting(facts: list[Fact], items: int) -> float:
    """Seconds to sort every item's figures: what no ranking can be quicker than."""
    columns: dict[str, list[Decimal]] = {str(number + 1): [] for number in range(items)}
    for fact in facts:
        if fact.value is not None:
            columns[fact.item].append(fact.value)
    return quickest(RUNS, lambda: [sorted(column) for column in columns.values()])[0]


def explained(scheme: Scheme, facts: list[Fact]) -> int:
    """Score and write every reason; how many characters that makes."""
    result = score(scheme, facts)
    characters = sum(len(item.reason) for unit in result.units for item in unit.items)
    return characters + sum(len(result.explain(unit.unit)) for unit in result.units)


def main() -> int:
    """Print the table, write it as JSON; 0 when both marks are reached."""
    figures: dict[str, float] = {"units": UNITS}
    for items, mark in ((FEW, SECONDS_FEW), (MANY, SECONDS_MANY)):
        scheme, facts = scheme_of(items), facts_of(items)
        runs = RUNS if items == FEW else 1
        plain, result = quickest(runs, score, scheme, facts)
        assert len(result.units) == UNITS
        del result
        words, characters = quickest(runs, explained, scheme, facts)
        figures |= {
            f"{items} items, points and ranks (s)": round(plain, 3),
            f"{items} items, with all reasons (s)": round(words, 3),
            f"{items} items, to reach (s)": mark,
            f"{items} items, characters of reasons": characters,
            f"{items} items, sorting alone (s)": round(sorting(facts, items), 3),
        }
    figures["peak (MB)"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    for name, value in figures.items():
        print(f"{name:44} {value:>14,}")
    folder = PROJECT / "var" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scoring.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    reached = (
        figures[f"{FEW} items, with all reasons (s)"] <= SECONDS_FEW
        and figures[f"{MANY} items, points and ranks (s)"] <= SECONDS_MANY
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
