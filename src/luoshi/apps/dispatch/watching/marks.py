"""The rule about marks: an indicator that must have come so far by the end of a month (4月底40%、6月底60%…)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from luoshi.apps.dispatch.models import EarlyWarning, WarningRule
from luoshi.apps.dispatch.rules import Parameters
from luoshi.apps.dispatch.watching.found import Finding, Look
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.indicators.queries import indicators_by_key, own_values
from luoshi.apps.organisations.models import Unit
from luoshi.apps.targets.values import kept_to, shown
from luoshi.periods import Cadence, Period, local_date


@dataclass(slots=True)
class BelowMark:
    """What a unit below the rule's owner reached by the end of a mark's month is less than the mark.

    Who has no figure for that month is not below it: that they did not report is another rule's business.
    """

    rule: WarningRule
    parameters: Parameters
    now: dt.datetime
    as_of: dt.datetime | None
    _known: dict[int, dict[Period, Decimal]] | None = field(default=None)
    _indicator: Indicator | None = field(default=None)

    def _figures(self) -> dict[int, dict[Period, Decimal]]:
        """The year's values of all units below the owner, by unit and period; a rate may be computed by its formula."""
        if self._known is None:
            self._known = {}
            key = self.parameters.indicator
            self._indicator = indicators_by_key([key]).get(key)
            if self._indicator is not None:
                year = local_date(self.now).year
                below = Q(unit__path__startswith=self.rule.owner.path) & ~Q(unit=self.rule.owner_id)
                rows = own_values(self._indicator, year, as_of=self.as_of, only=below)
                for (unit, period), value in rows.items():
                    self._known.setdefault(unit, {})[period] = value
        return self._known

    def _at(self, unit: int, day: dt.date) -> tuple[Period, Decimal] | None:
        """The figure of the period that ends on a day, the shortest of several."""
        ending = [period for period in self._figures().get(unit, ()) if period.last_day == day]
        return (found := min(ending, key=lambda one: one.days), self._figures()[unit][found]) if ending else None

    def findings(self) -> Iterator[Finding]:
        """Every unit below the mark of the last month that is over."""
        today = local_date(self.now)
        ended = Period.containing(today, Cadence.MONTHLY).previous()
        if ended.year != today.year or (mark := self.parameters.mark_at(ended.number)) is None:
            return
        month, least = mark
        day = Period(Cadence.MONTHLY, today.year, month).last_day
        below = {}
        for unit in self._figures():
            if (found := self._at(unit, day)) is not None and found[1] < least:
                below[unit] = found
        for unit in Unit.objects.filter(pk__in=below).order_by("path"):
            period, value = below[unit.pk]
            yield Finding(
                unit=unit,
                subject=f"indicator:{self.parameters.indicator}"[:90],
                period=str(period),
                sentence=f"{unit}{self._name}{self._told(period, value, month, least)}"[:400],
                snapshot=self._snapshot(unit, period, value, month, least),
                plan_id=self.rule.plan_id,
                light="red",
            )

    @property
    def _name(self) -> str:
        return f"“{self._indicator.name}”" if self._indicator else ""

    def _amount(self, value: Decimal) -> str:
        assert self._indicator is not None
        return f"{shown(kept_to(value, self._indicator.decimals)) or '0'}{self._indicator.unit_of_measure}"

    def _told(self, period: Period, value: Decimal, month: int, least: Decimal) -> str:
        below = f"低于{month}月底的节点要求{self._amount(least)}，差{self._amount(least - value)}"
        reached = f"达到{month}月底的节点要求{self._amount(least)}"
        return f"{period.label}为{self._amount(value)}，{below if value < least else reached}。"

    def _snapshot(self, unit: Unit, period: Period, value: Decimal, month: int, least: Decimal) -> dict[str, Any]:
        assert self._indicator is not None
        return {
            "unit": str(unit),
            "name": self._indicator.name,
            "measure": self._indicator.unit_of_measure,
            "decimals": self._indicator.decimals,
            "indicator": self._indicator.key,
            "period": str(period),
            "period_label": period.label,
            "actual": f"{value.normalize():f}",
            "expected": f"{least.normalize():f}",
            "gap_to_schedule": f"{(least - value).normalize():f}",
            "mark_month": month,
            "light": "red" if value < least else "green",
        }

    def looks(self, warning: EarlyWarning) -> list[Look]:
        """Each later month of which something is known, against the mark in force at its end."""
        since = Period.parse(warning.followed_period or warning.period)
        found = []
        for period in sorted(self._figures().get(warning.unit_id, ())):
            if period.last_day <= since.last_day or (mark := self.parameters.mark_at(period.last_day.month)) is None:
                continue
            month, least = mark
            value = self._figures()[warning.unit_id][period]
            good = value >= least
            snapshot = self._snapshot(warning.unit, period, value, month, least)
            sentence = self._told(period, value, month, least)
            found.append(Look(str(period), good, sentence, snapshot, "green" if good else "red"))
        return found
