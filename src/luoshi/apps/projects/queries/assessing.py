"""Figures that assessment takes from the pipeline, per territorial unit with all below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from luoshi.apps.indicators.figures import Figure, FigureFact
from luoshi.apps.organisations.models import Unit
from luoshi.apps.projects.queries.counting import Counted
from luoshi.apps.projects.queries.figures import GroupFigures, territorial_figures
from luoshi.periods import Period

Measure = Callable[[GroupFigures], Decimal | None]
Said = Callable[[GroupFigures], str]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What every figure of a period is made of: the units' keys, their sums, and those of the year before."""

    day: dt.date
    keys: Mapping[int, str]
    found: Mapping[int, Counted]
    before: Mapping[int, Counted]


def _sums(period: Period, unit_ids: Collection[int], as_of: dt.datetime) -> _Sums:
    day = min(period.last_day, timezone.localtime(as_of).date())
    units = list(Unit.objects.filter(pk__in=unit_ids))
    return _Sums(
        day=day,
        keys={unit.pk: unit.key for unit in units},
        found=territorial_figures(units, period.last_day.year, day),
        before=territorial_figures(units, period.last_day.year - 1, _year_before(day)),
    )


def _figure(title: str, measure: Measure, said: Said, unit: str = "%") -> Figure:
    """A figure; read together with others, all take the same sums."""

    def read(
        period: Period, unit_ids: Collection[int], as_of: dt.datetime, shared: dict[Any, Any]
    ) -> Mapping[int, FigureFact]:
        wanted = ("projects", period, frozenset(unit_ids), as_of)
        if wanted not in shared:
            shared[wanted] = _sums(period, unit_ids, as_of)
        sums: _Sums = shared[wanted]
        facts = {}
        for pk, counted in sums.found.items():
            one = GroupFigures(pk, "", None, counted)
            value = measure(one)
            if value is None:
                continue
            asked = {"by": "unit", "unit": sums.keys[pk], "year": sums.day.year, "day": sums.day.isoformat()}
            facts[pk] = FigureFact(
                value=value,
                previous=measure(GroupFigures(pk, "", None, sums.before[pk])),
                source=f"项目台账：{said(one)}"[:200],
                date=sums.day,
                reference={"url": f"{reverse('projects:figures')}?{urlencode(asked)}"},
            )
        return facts

    return Figure(title, lambda period, unit_ids, as_of: read(period, unit_ids, as_of, {}), unit, sharing=read)


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _in_yi(amount: Decimal) -> str:
    return f"{amount / 100_000_000:,.2f}亿元"


#: Key → figure; the keys are stored by schemes and never change their meaning.
assessment_figures: Mapping[str, Figure] = {
    "projects-start-rate": _figure(
        "开工率",
        lambda one: one.start_rate,
        lambda one: f"年度计划开工{one.counted.planned}个，已开工{one.counted.begun}个",
    ),
    "projects-reserve-number": _figure(
        "储备项目数与年度计划项目数之比",
        lambda one: one.reserve_number,
        lambda one: f"谋划储备{one.of('reserve')}个，年度计划{one.counted.listed}个",
        "倍",
    ),
    "projects-reserve-investment": _figure(
        "储备项目投资与年度计划投资之比",
        lambda one: one.reserve_investment,
        lambda one: f"储备{_in_yi(one.counted.reserve_investment)}，年度计划{_in_yi(one.counted.listed_investment)}",
        "倍",
    ),
    "projects-investment-rate": _figure(
        "投资完成率",
        lambda one: one.investment_rate,
        lambda one: f"完成{_in_yi(one.counted.invested)}，年度计划{_in_yi(one.counted.listed_investment)}",
    ),
    "projects-ripeness": _figure(
        "前期工作成熟度",
        lambda one: one.ripeness,
        lambda one: f"前期项目{one.of('preparation')}个，已批{one.counted.ripe}项",
    ),
    "projects-conversion": _figure(
        "项目转化率",
        lambda one: one.conversion_rate,
        lambda one: f"应转化{sum(one.counted.stood.values())}个次，已转化{sum(one.counted.reached.values())}个次",
    ),
    "projects-fulfilment": _figure(
        "履约率",
        lambda one: one.fulfilment_rate,
        lambda one: f"签约{one.counted.signed}个，履约{one.counted.performed}个",
    ),
    "projects-funds": _figure(
        "资金到位率",
        lambda one: one.funds_rate,
        lambda one: f"到位{_in_yi(one.counted.received)}，签约{_in_yi(one.counted.agreed)}",
    ),
    "projects-production": _figure(
        "投产达产率",
        lambda one: one.production_rate,
        lambda one: f"签约{one.counted.signed}个，投产{one.counted.producing}个",
    ),
    "projects-industrial-share": _figure(
        "产业投资占比",
        lambda one: one.industrial_share,
        lambda one: f"产业投资{_in_yi(one.counted.invested_industry)}，全部{_in_yi(one.counted.invested)}",
    ),
}
