"""Charts as SVG: where the lines, bars and labels stand. Pure geometry; templates write it down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luoshi.apps.projects.models import Milestone, Project

LEFT, TOP, ROW, WIDTH = 0, 26, 22, 1000


@dataclass(frozen=True, slots=True)
class Dot:
    """A milestone on a line: planned (hollow) or passed (full), late in red."""

    x: float
    label: str
    done: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A project: its planned span, what has passed of it, its milestones."""

    project: Project
    y: float
    start: float | None
    end: float | None
    actual: float | None
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the time axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """A chart of lines over time."""

    width: int
    height: int
    today: float | None
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


def gantt(projects: Sequence[Project], first: dt.date, last: dt.date, today: dt.date) -> Gantt:
    """The projects' milestones between two days; ``project.milestones`` must be prefetched."""
    whole = max((last - first).days, 1)

    def at(day: dt.date) -> float:
        return round(LEFT + WIDTH * min(max((day - first).days / whole, 0), 1), 1)

    lines = []
    for number, project in enumerate(projects):
        marks = list(project.milestones.all())
        dots = tuple(dot for mark in marks if (dot := _dot(mark, at, first, last, today)) is not None)
        planned = [mark.planned_on for mark in marks if mark.planned_on]
        passed = [mark.actual_on for mark in marks if mark.actual_on]
        days = planned + passed
        lines.append(
            Line(
                project=project,
                y=TOP + ROW * number + ROW / 2,
                start=at(min(days)) if days else None,
                end=at(max(days)) if days else None,
                actual=at(max(passed)) if passed else None,
                dots=dots,
            )
        )
    ticks = []
    month = first.replace(day=1)
    step = 1 if whole <= 400 else 3 if whole <= 1200 else 12
    while month <= last:
        if month > first and (month.month - 1) % step == 0:
            ticks.append(Tick(at(month), f"{month.year}年" if month.month == 1 else f"{month.month}月"))
        month = (month + dt.timedelta(days=32)).replace(day=1)
    inside = first <= today <= last
    return Gantt(WIDTH, TOP + ROW * len(lines) + 6, at(today) if inside else None, tuple(ticks), tuple(lines))


def _dot(mark: Milestone, at, first: dt.date, last: dt.date, today: dt.date) -> Dot | None:  # type: ignore[no-untyped-def]
    day = mark.actual_on or mark.planned_on
    if day is None or not first <= day <= last:
        return None
    late = (mark.actual_on is None and mark.planned_on is not None and mark.planned_on < today) or (
        mark.actual_on is not None and mark.planned_on is not None and mark.actual_on > mark.planned_on
    )
    label = mark.get_kind_display()
    said = f"{label}：" + "，".join(
        text
        for text in (
            f"计划{mark.planned_on:%Y-%m-%d}" if mark.planned_on else "",
            f"实际{mark.actual_on:%Y-%m-%d}" if mark.actual_on else ("已逾期" if late else ""),
        )
        if text
    )
    return Dot(at(day), said, mark.actual_on is not None, late)


@dataclass(frozen=True, slots=True)
class Curve:
    """A line chart of investment and of physical progress against time, all in per cent."""

    width: int
    height: int
    investment: str
    image: str
    dots: tuple[tuple[float, float, str], ...]
    ticks: tuple[Tick, ...]


def curve(
    rows: Sequence[tuple[dt.date, Decimal | None, Decimal | None]], width: int = 640, height: int = 180
) -> Curve | None:
    """(last day, investment in % of the total, physical progress in %) → the two lines; ``None`` for under two rows."""
    if len(rows) < 2:
        return None
    first, last = rows[0][0], rows[-1][0]
    whole = max((last - first).days, 1)
    left, right, top, bottom = 34, 24, 10, 24

    def x(day: dt.date) -> float:
        return round(left + (width - left - right) * (day - first).days / whole, 1)

    def y(value: Decimal) -> float:
        share = min(max(float(value), 0.0), 100.0) / 100
        return round(height - bottom - (height - top - bottom) * share, 1)

    money = [(x(day), y(value), f"{day:%Y-%m} 投资完成{value:.1f}%") for day, value, _ in rows if value is not None]
    image = [(x(day), y(value), f"{day:%Y-%m} 形象进度{value:.1f}%") for day, _, value in rows if value is not None]
    every = max(1, len(rows) // 8)
    return Curve(
        width,
        height,
        " ".join(f"{a},{b}" for a, b, _ in money),
        " ".join(f"{a},{b}" for a, b, _ in image),
        tuple(money + image),
        tuple(Tick(x(day), f"{day:%y-%m}") for day, _, _ in rows[::every]),
    )
