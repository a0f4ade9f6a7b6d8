"""A run as plain data, and what is scored from it: no database, no clock; the same data give the same result.

``core``: ``{"scheme": YAML, "choices": {assumption: choice}, "units": [{"key", "name", "group"}], "facts": [...],
"parts": {...}}``. A fact: ``key`` (unit), ``unit`` (its name), ``item``, ``judge``, ``value``, ``target``,
``previous`` (decimal texts or None), ``source``, ``date``, ``reference``, ``typed``, ``reason``, ``evidence``.
``parts``: for a scheme made of parts, the core of each part's run under the part's key. A snapshot is a core with the
``result`` (``records(details=True)``), the ``standing`` by unit and the run's head.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from luoshi.apps.organisations.models import Unit
from luoshi.scoring import Fact, Facts, Options, Result, Scheme, combine, load, number_text, records, score

Json = dict[str, Any]
FORM = 1  # raised when a snapshot holds other things


@lru_cache(maxsize=64)
def scheme_of(text: str) -> Scheme:
    """The scheme of a text; raises ``SchemeError``."""
    return load(text)


def names_of(units: Iterable[Unit]) -> dict[int, str]:
    """What each unit is called in a run, by number: its short name, its full one where two are alike."""
    units = list(units)
    short = [str(unit) for unit in units]
    full = [unit.name for unit in units]
    found = {}
    for unit, name in zip(units, short, strict=True):
        if short.count(name) > 1:
            name = unit.name if full.count(unit.name) == 1 else f"{unit.name}（{unit.key}）"
        found[int(unit.pk)] = name
    return found


def text_of(value: Decimal | None) -> str | None:
    """A number as it is kept: no exponent, no trailing zeros."""
    return None if value is None else number_text(value)


def number_of(value: str | None) -> Decimal | None:
    """A number as it was kept."""
    return None if value is None else Decimal(value)


def facts_of(core: Json) -> Facts:
    """The facts of a core for the library."""
    rows = tuple(
        Fact(
            one["unit"],
            one["item"],
            number_of(one["value"]),
            number_of(one["target"]),
            number_of(one["previous"]),
            one["judge"],
            one["source"],
            dt.date.fromisoformat(one["date"]) if one["date"] else None,
            one.get("evidence", ""),
        )
        for one in core["facts"]
    )
    return Facts(rows, {unit["name"]: unit["group"] for unit in core["units"] if unit["group"]})


def options_of(core: Json, choices: Mapping[str, str] | None = None) -> Options:
    """The options of a core; ``choices`` beside or in place of its own."""
    return Options(
        choices={**core["choices"], **(choices or {})},
        units=[unit["name"] for unit in core["units"]],
        groups={unit["name"]: unit["group"] for unit in core["units"] if unit["group"]},
    )


def result_of(core: Json, choices: Mapping[str, str] | None = None) -> Result:
    """The result of a core; raises ``ScoringError``."""
    scheme = scheme_of(core["scheme"])
    if not scheme.parts:
        return score(scheme, facts_of(core), options_of(core, choices))
    whole = combine(scheme, {key: result_of(part) for key, part in core["parts"].items()})
    wanted = {unit["name"] for unit in core["units"]}
    return whole if wanted >= set(whole.by_unit) else _only(whole, core)


def _only(whole: Result, core: Json) -> Result:
    """The parts may score more units than take part here: combined anew of those that do."""
    wanted = {unit["name"] for unit in core["units"]}
    parts = {}
    for key, part in core["parts"].items():
        result = result_of(part)
        parts[key] = Result(result.scheme, tuple(unit for unit in result.units if unit.unit in wanted))
    return combine(whole.scheme, parts)


def standing_of(core: Json, result: Sequence[Json]) -> Json:
    """Rank, total and ranking by the unit's key: what lists and histories need without the whole snapshot."""
    keys = {unit["name"]: unit["key"] for unit in core["units"]}
    return {
        keys[row["unit"]]: {"rank": row["rank"], "total": row["total"], "group": row.get("group", "")}
        for row in result
        if row["unit"] in keys
    }


def frozen(head: Json, core: Json) -> Json:
    """A snapshot: the core with its result."""
    rows = records(result_of(core), details=True)
    return {"form": FORM, **head, **core, "result": rows, "standing": standing_of(core, rows)}


def digest_of(snapshot: Json) -> str:
    """SHA-256 of a snapshot as canonical JSON: both databases and every version of Python agree on it."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a snapshot is what was frozen, and gives the same result again; ``problems`` say where it does not."""

    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing differs."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """In words."""
        return (
            "存档数据与摘要相符，按存档重新计算，得分和名次完全一致。" if self.ok else "；".join(self.problems) + "。"
        )


def verify(snapshot: Json, digest: str) -> Verified:
    """Score a snapshot again and hold it against what was frozen."""
    problems = []
    if digest_of(snapshot) != digest:
        problems.append("存档的数据与其摘要不符，存档可能被改动")
    again = {row["unit"]: row for row in records(result_of(snapshot), details=True)}
    for row in snapshot["result"]:
        other = again.pop(row["unit"], None)
        if other is None:
            problems.append(f"{row['unit']}重新计算后不在结果中")
        elif (row["total"], row["rank"]) != (other["total"], other["rank"]):
            problems.append(
                f"{row['unit']}存档为{row['total']}分第{row['rank']}名，重新计算为{other['total']}分第{other['rank']}名"
            )
        else:
            pairs = zip(row["items"], other["items"], strict=False)
            for kept, new in pairs:
                if (kept["item"], kept["points"]) != (new["item"], new["points"]):
                    problems.append(
                        f"{row['unit']}第{kept['item']}项存档为{kept['points']}分，重新计算为{new['points']}分"
                    )
    problems += [f"{name}不在存档的结果中" for name in again]
    return Verified(tuple(problems[:20]))


def by_judges(core_facts: Collection[Json]) -> Mapping[tuple[str, str], list[Json]]:
    """Facts by unit key and item: several where judges mark."""
    found: dict[tuple[str, str], list[Json]] = {}
    for fact in core_facts:
        found.setdefault((fact["key"], fact["item"]), []).append(fact)
    return found
