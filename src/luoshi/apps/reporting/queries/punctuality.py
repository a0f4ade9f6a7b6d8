"""How punctual units are over a span of periods: the five metrics by unit or by form, and the lists to be named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, QuerySet
from django.db.models.functions import NullIf

from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.models import Form, Return
from luoshi.apps.reporting.policies import visible_returns
from luoshi.apps.reporting.queries.timeliness import FIGURES, WORDS, Figures, Mark, fallen_due, known_at
from luoshi.periods import Period

PAGE = 100
#: order in the address → (label, ordering)
ORDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("未报、迟报多的在前", ("-missing", "-late", "unit__path")),
    "rate": ("按时率低的在前", ("rate", "-missing", "unit__path")),
    "unit": ("单位次序", ("unit__path",)),
}


@dataclass(frozen=True, slots=True)
class PunctualityFilter:
    """Which returns are counted: rounds whose period ends from ``first`` to ``last``; of one form, of one unit."""

    first: dt.date
    last: dt.date
    form: Form | None = None
    owner: int | None = None
    unit: Unit | None = None
    as_of: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit and its metrics; ``rank`` counts from 1, equal ones share it."""

    unit: Unit
    figures: Figures


@dataclass(frozen=True, slots=True)
class FormFigures:
    """A form and its metrics."""

    form: Form
    figures: Figures


@dataclass(frozen=True, slots=True)
class UnitPage:
    """A page of units, and the sum over all of them."""

    rows: Sequence[UnitFigures]
    total: int
    number: int
    pages: int
    sum: Figures


def counted(user: Any, asked: PunctualityFilter, now: dt.datetime) -> QuerySet[Return]:
    """The returns that count, with their marks: those of rounds that have fallen due."""
    moment = min(asked.as_of, now) if asked.as_of else now
    return fallen_due(_asked_for(user, asked, now), moment)


def not_due(user: Any, asked: PunctualityFilter, now: dt.datetime) -> int:
    """How many returns do not count because their round is not due yet: one query."""
    moment = min(asked.as_of, now) if asked.as_of else now
    return _asked_for(user, asked, now).order_by().filter(round__due_at__gte=moment).exclude(mark=Mark.EXEMPT).count()


def _asked_for(user: Any, asked: PunctualityFilter, now: dt.datetime) -> QuerySet[Return]:
    found = visible_returns(user).filter(round__last_day__range=(asked.first, asked.last))
    if asked.form is not None:
        found = found.filter(round__form=asked.form)
    if asked.owner is not None:
        found = found.filter(round__form__owner=asked.owner)
    if asked.unit is not None:
        found = found.filter(unit=asked.unit)
    return known_at(found, min(asked.as_of, now) if asked.as_of else now, now=now)


def by_unit(
    user: Any, asked: PunctualityFilter, *, order: str = "", number: int = 1, now: dt.datetime, whole: bool = False
) -> UnitPage:
    """The metrics of each unit: four queries, of which one aggregates."""
    known = counted(user, asked, now).order_by()
    whole_sum = Figures.of(known.aggregate(**FIGURES))
    total = known.values("unit_id").distinct().count()
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    grouped = known.values("unit_id", "unit__path").annotate(**FIGURES)
    ordering = ORDERS.get(order, ORDERS[""])[1]
    if "rate" in ordering:
        expected = F("on_time") + F("late") + F("missing")
        rate = ExpressionWrapper(F("on_time") * 1.0 / NullIf(expected, 0), output_field=FloatField())
        grouped = grouped.annotate(rate=rate)
        rows = grouped.order_by(F("rate").asc(nulls_last=True), *ordering[1:])
    else:
        rows = grouped.order_by(*ordering)
    page = list(rows if whole else rows[(number - 1) * PAGE : number * PAGE])
    units = Unit.objects.in_bulk([row["unit_id"] for row in page])
    shown = [UnitFigures(units[row["unit_id"]], Figures.of(row)) for row in page]
    return UnitPage(shown, total, number, pages, whole_sum)


def by_form(user: Any, asked: PunctualityFilter, *, now: dt.datetime) -> list[FormFigures]:
    """The metrics of each form, those with most missing first: two queries."""
    known = counted(user, asked, now).order_by()
    rows = list(known.values("round__form_id").annotate(**FIGURES).order_by("-missing", "-late", "round__form_id"))
    forms = Form.objects.select_related("owner").in_bulk([row["round__form_id"] for row in rows])
    return [FormFigures(forms[row["round__form_id"]], Figures.of(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Named:
    """One return that is to be named: missing or late."""

    answer_id: int
    unit: str
    form: str
    form_key: str
    period: str
    label: str
    mark: Mark
    due_at: dt.datetime
    submitted_at: dt.datetime | None

    @property
    def words(self) -> str:
        """``未报``."""
        return WORDS[self.mark]

    @property
    def days_late(self) -> int:
        """Begun days after the due moment, 0 for what is missing."""
        if self.submitted_at is None:
            return 0
        return max(1, -(-int((self.submitted_at - self.due_at).total_seconds()) // 86400))


def named(
    user: Any, asked: PunctualityFilter, *, mark: str = "", now: dt.datetime, most: int = 500
) -> tuple[list[Named], int]:
    """The returns to be named (未报、迟报点名), the latest periods first, and how many in all: two queries."""
    marks = [mark] if mark in (Mark.MISSING, Mark.LATE) else [Mark.MISSING, Mark.LATE]
    known = counted(user, asked, now).filter(mark__in=marks)
    total = known.order_by().count()
    rows = known.order_by("-round__first_day", "round__form__title", "-mark", "unit__path").values_list(
        "pk", "unit__short_name", "unit__name", "round__form__title", "round__form__key", "round__period", "mark",
        "round__due_at", "came",
    )[:most]  # fmt: skip
    return [
        Named(
            pk,
            short or name,
            title,
            key,
            period,
            Period.parse(period).label,
            Mark(mark_),
            due,
            at,
        )
        for pk, short, name, title, key, period, mark_, due, at in rows
    ], total


def trend(user: Any, asked: PunctualityFilter, *, now: dt.datetime) -> list[tuple[dt.date, Figures]]:
    """The metrics by the month in which periods end, the oldest first: one query."""
    known = counted(user, asked, now).order_by()
    rows = known.values("round__last_day").annotate(**FIGURES).order_by("round__last_day")
    months: dict[dt.date, dict[str, int]] = {}
    for row in rows:
        month = months.setdefault(row["round__last_day"].replace(day=1), dict.fromkeys(FIGURES, 0))
        for name in FIGURES:
            month[name] += row[name] or 0
    return [(month, Figures(**counts)) for month, counts in months.items()]
