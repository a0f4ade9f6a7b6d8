"""Which forms ask for an indicator, and of whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import Form, FormVersion, Return, ReturnState, Round
from luoshi.apps.reporting.policies import visible_forms
from luoshi.apps.reporting.schedule import due_words


@dataclass(frozen=True, slots=True)
class Asking:
    """A form, and by when it asks: ``每月3日前报上月；遇休息日不顺延``."""

    form: Form
    due: str


def forms_asking(user: Any, indicator: Indicator, today: dt.date) -> list[Asking]:
    """The forms in use that the person sees whose version in force (or next to be) asks for the indicator, or for one
    that was merged into it, by title: two queries."""
    keys = {indicator.key, *Indicator.objects.filter(merged_into=indicator).values_list("key", flat=True)}
    versions = FormVersion.objects.filter(
        published_at__isnull=False, form__in=visible_forms(user).filter(is_active=True).order_by()
    )
    current: dict[int, FormVersion] = {}
    for version in versions.select_related("form__owner").order_by("form_id", "first_day", "ordinal"):
        if version.form_id not in current or (version.first_day and version.first_day <= today):
            current[version.form_id] = version
    found = [version for version in current.values() if not keys.isdisjoint(asked_by(version).indicators)]
    return [Asking(one.form, due_words(one)) for one in sorted(found, key=lambda one: (one.form.title, one.form_id))]


#: Of several forms that ask the same, the one that weighs most tells why there is no value.
_WEIGHT = {"missing": 2, "waiting": 1, "exempt": 0}


def blanks(
    keys: Collection[str], units: Collection[int], periods: Collection[str], now: dt.datetime
) -> dict[tuple[int, str], str]:
    """Whom the forms ask for the indicators in these periods: ``missing`` once it is due, ``waiting`` before,
    ``exempt``. One query where nobody is asked, else up to three; a row about another unit than the reporting one asks
    for that unit.
    """
    rounds = {
        row.pk: (row, about)
        for row in Round.objects.filter(period__in=periods).select_related("version").defer("version__definition")
        if (about := {unit for _, key, unit in asked_by(row.version).observing if key in keys})
    }
    if not rounds:
        return {}
    named = {unit for _, about in rounds.values() for unit in about if unit}
    numbers = dict(Unit.objects.filter(key__in=named).values_list("key", "pk")) if named else {}
    wanted = set(units)
    found: dict[tuple[int, str], str] = {}
    returns = Return.objects.filter(round__in=rounds).order_by().values_list("round_id", "unit_id", "state")
    for number, unit, state in returns:
        row, about = rounds[number]
        why = "exempt" if state == ReturnState.EXEMPT else "waiting" if row.due_at > now else "missing"
        for key in about:
            place = (numbers.get(key, 0) if key else unit, row.period)
            if place[0] in wanted and _WEIGHT[why] >= _WEIGHT[found.get(place, "exempt")]:
                found[place] = why
    return found
