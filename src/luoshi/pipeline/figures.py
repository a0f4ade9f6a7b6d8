"""Figures of the pipeline: rates against marks, reserve ratios, ageing, deviation, concentration.

Formulas that the sources leave open take the natural reading (S4 L596–608, 000b L958, L972) and are named in
``docs/projects.md``. A rate with nothing under the line is ``None`` (不适用), never 0.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from luoshi.pipeline.states import State

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class StartMark:
    """By the end of a month so many per cent of the year's planned starts have started."""

    month: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Norms:
    """What the pipeline is measured against; ``days`` is how long a project may stand in a library."""

    marks: tuple[StartMark, ...]
    reserve_number: Decimal
    reserve_investment: Decimal
    days: Mapping[State, int]
    meetings: Mapping[int, str]


@cache
def shipped_norms() -> Norms:
    """The norms that come with Luoshi: 40/60/80/90 % at the end of April/June/September/November (S4 L602–608)."""
    data = json.loads(files("luoshi.pipeline").joinpath("norms.json").read_text("utf-8"))
    return Norms(
        marks=tuple(StartMark(row["month"], Decimal(row["percent"])) for row in data["start_marks"]),
        reserve_number=Decimal(data["reserve_number"]),
        reserve_investment=Decimal(data["reserve_investment"]),
        days={State(state): days for state, days in data["days_in_state"].items()},
        meetings={int(quarter): name for quarter, name in data["meetings"].items()},
    )


def rate(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """``part`` in per cent of ``whole``; ``None`` where there is no whole."""
    return None if not whole else HUNDRED * Decimal(part) / Decimal(whole)


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """How many times ``whole`` goes into ``part``; ``None`` where there is no whole."""
    return None if not whole else Decimal(part) / Decimal(whole)


def mark_due(norms: Norms, day: dt.date) -> StartMark | None:
    """The last mark of the year that had to be reached by a day: its month has ended; ``None`` before the first."""
    tomorrow = day + dt.timedelta(days=1)
    ended = 12 if tomorrow.year > day.year else tomorrow.month - 1
    due = [mark for mark in norms.marks if mark.month <= ended]
    return due[-1] if due else None


def over_norm(norms: Norms, state: State, since: dt.date, day: dt.date) -> int | None:
    """By how many days a project has stood longer in its library than the norm; ``None`` where there is no norm.

    Zero or less: within the norm.
    """
    norm = norms.days.get(state)
    return None if norm is None else (day - since).days - norm


def time_progress(start: dt.date | None, finish: dt.date | None, day: dt.date) -> Decimal | None:
    """How much of the building time has passed, in per cent from 0 to 100; the last day is part of the time."""
    if start is None or finish is None or finish < start:
        return None
    whole = (finish - start).days + 1
    passed = min(max((day - start).days + 1, 0), whole)
    return HUNDRED * passed / whole


@dataclass(frozen=True, slots=True)
class Deviation:
    """Investment progress less physical and less time progress, in percentage points; ``None`` where one lacks.

    Much money for little building, or little money for much time, is what a dispatcher looks for.
    """

    investment: Decimal | None
    image: Decimal | None
    time: Decimal | None
    from_image: Decimal | None
    from_time: Decimal | None


def deviation(
    *,
    done: Decimal | None,
    total: Decimal,
    image: Decimal | None,
    start: dt.date | None,
    finish: dt.date | None,
    day: dt.date,
) -> Deviation:
    """How investment progress (``done / total``) stands to physical progress (``image``, %) and to time."""
    investment = None if done is None else rate(done, total)
    time = time_progress(start, finish, day)
    return Deviation(
        investment=investment,
        image=image,
        time=time,
        from_image=None if investment is None or image is None else investment - image,
        from_time=None if investment is None or time is None else investment - time,
    )


def concentration(amounts: Sequence[Decimal], top: int) -> Decimal | None:
    """集中度: the share (%) of the ``top`` largest projects in all investment."""
    return rate(sum(sorted(amounts, reverse=True)[:top], Decimal(0)), sum(amounts, Decimal(0)))


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed project of the four rates (四率): what became of the contract; amounts in one unit of money."""

    performed: bool
    started: bool
    producing: bool
    agreed: Decimal
    received: Decimal


@dataclass(frozen=True, slots=True)
class FourRates:
    """履约率, 开工率, 资金到位率, 投产达产率 in per cent; ``None`` where nothing was signed (agreed)."""

    fulfilment: Decimal | None
    start: Decimal | None
    funds: Decimal | None
    production: Decimal | None


def four_rates(signed: Iterable[Signed]) -> FourRates:
    """Performed, started, producing ÷ signed by number; funds received ÷ agreed by money, capped at what was agreed."""
    rows = list(signed)
    return FourRates(
        fulfilment=rate(sum(row.performed for row in rows), len(rows)),
        start=rate(sum(row.started for row in rows), len(rows)),
        funds=rate(
            sum((min(row.received, row.agreed) for row in rows), Decimal(0)),
            sum((row.agreed for row in rows), Decimal(0)),
        ),
        production=rate(sum(row.producing for row in rows), len(rows)),
    )
