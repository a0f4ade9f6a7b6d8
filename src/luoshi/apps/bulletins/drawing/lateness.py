"""Who did not report, or late, in a period (未报、迟报点名)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.queries.timeliness import Mark, fallen_due, known_at
from luoshi.periods import Period

MOST_ROWS = 20_000


def draw_lateness(
    owner: Unit, plans: Sequence[Plan], period: Period, as_of: dt.datetime, kind: BulletinKind
) -> dict[str, Any]:
    """``units`` with how many returns were asked, on time, late, missing; ``named`` the late and missing ones; ``year``
    how often each was late or missing since January. Returns of forms that the owner or a unit below it collects, whose
    round fell due before the moment."""
    now = timezone.now()
    rows = Return.objects.filter(round__form__owner__path__startswith=owner.path)
    if plans:
        rows = rows.filter(round__form__plan__in=list(plans))
    known = fallen_due(known_at(rows, min(as_of, now), now=now), as_of).exclude(mark=Mark.EXEMPT)
    year = dt.date(period.last_day.year, 1, 1)
    columns = (
        "unit__key",
        "unit__short_name",
        "unit__name",
        "unit__kind",
        "round__form__title",
        "round__period",
        "mark",
    )
    found = list(
        known.filter(round__last_day__range=(year, period.last_day))
        .order_by("unit__path", "round__form__title", "round__first_day", "pk")
        .values_list(*columns, "round__due_at", "came", "round__last_day")[: MOST_ROWS + 1]
    )
    if len(found) > MOST_ROWS:
        raise NothingToTell(f"涉及的报表超过{MOST_ROWS}份，请按方案分别通报。")
    units: dict[str, dict[str, Any]] = {}
    named: list[dict[str, Any]] = []
    for key, short, name, sort, form, label, mark, due, came, last_day in found:
        unit = units.setdefault(
            key,
            {
                "key": key,
                "name": short or name,
                "full": name,
                "kind": sort,
                "asked": 0,
                "on_time": 0,
                "late": 0,
                "missing": 0,
                "year_late": 0,
                "year_missing": 0,
            },
        )
        late, missing = mark == Mark.LATE, mark == Mark.MISSING
        unit["year_late"] += late
        unit["year_missing"] += missing
        if last_day < period.first_day:
            continue
        unit["asked"] += 1
        unit["on_time"] += not late and not missing
        unit["late"] += late
        unit["missing"] += missing
        if late or missing:
            named.append(
                {
                    "key": key,
                    "name": short or name,
                    "form": form,
                    "period": label,
                    "mark": str(mark),
                    "due": due.astimezone(dt.UTC).isoformat(),
                    "came": came.astimezone(dt.UTC).isoformat() if came else None,
                }
            )
    asked = [unit for unit in units.values() if unit["asked"]]
    if not asked:
        raise NothingToTell(f"{period.label}没有到期的报表，不需要通报报送情况。")
    return {"units": asked, "named": named}
