"""The rule about the year's end: what is foretold of a target falls short of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luoshi import progress
from luoshi.apps.dispatch.figures import figures_of
from luoshi.apps.dispatch.models import EarlyWarning
from luoshi.apps.dispatch.rules import Parameters
from luoshi.apps.dispatch.watching.found import Finding, Look
from luoshi.apps.plans.models import Target
from luoshi.apps.targets.queries.standing import Standing, percent
from luoshi.apps.targets.queries.standings import Standings
from luoshi.periods import Period


@dataclass(frozen=True, slots=True)
class ForecastShort:
    """The figure foretold for the year's end makes less than ``below`` of the target.

    Who has reported one period only is not warned: nothing tells how far such a forecast may be off.
    """

    targets: list[Target]
    standings: Standings
    foretold: Mapping[tuple[int, int], progress.Forecast]
    parameters: Parameters
    day: dt.date

    def findings(self) -> Iterator[Finding]:
        """Every unit of this year's targets of which that is foretold."""
        for target in self.targets:
            measured = self.standings.measured.get(target.pk)
            if measured is None or measured.year != self.day.year:
                continue
            for unit in measured.carriers:
                told = self.foretold.get((target.pk, unit))
                if unit == measured.owner_id or told is None or told.low is None:
                    continue
                if self._part(told) is None or self._enough(told):
                    continue
                standing = self.standings.get(target.pk, unit, told.since)
                if standing is None or standing.goal is None:
                    continue
                yield Finding(
                    unit=standing.unit,
                    subject=f"target:{target.pk}",
                    period=str(told.since),
                    sentence=f"{standing.unit}“{target.indicator}”{self._sentence(standing, told)}"[:400],
                    snapshot=self._snapshot(standing, told),
                    plan_id=target.plan_id,
                    target_id=target.pk,
                    light=str(standing.light or ""),
                )

    @staticmethod
    def _part(told: progress.Forecast) -> Decimal | None:
        """What part of its goal the foretold figure makes, turned round for caps."""
        return progress.completion(told.value, told.goal)

    def _enough(self, told: progress.Forecast) -> bool:
        part = self._part(told)
        return part is not None and part >= self.parameters.below

    def _sentence(self, standing: Standing, told: progress.Forecast) -> str:
        part = self._part(told)
        assert standing.goal is not None and part is not None
        foretold = f"预测全年{standing.amount(told.value)}"
        between = (
            f"（{standing.amount(told.low)}至{standing.amount(told.high)}）"
            if told.low is not None and told.high is not None
            else ""
        )
        return f"{foretold}{between}，为目标{standing.amount(standing.goal)}的{percent(part)}。{told.basis}"

    def _snapshot(self, standing: Standing, told: progress.Forecast) -> dict[str, Any]:
        def text(value: Decimal | None) -> str | None:
            return None if value is None else f"{value.normalize():f}"

        foretold = {
            "value": text(told.value),
            "low": text(told.low),
            "high": text(told.high),
            "method": str(told.method),
            "basis": told.basis,
            "outlook": told.outlook_words,
        }
        return figures_of(standing) | {"forecast": foretold}

    def looks(self, warning: EarlyWarning) -> list[Look]:
        """What is foretold from a later period on; good once it is enough again."""
        told = self.foretold.get((warning.target_id or 0, warning.unit_id))
        since = Period.parse(warning.followed_period or warning.period)
        if told is None or self._part(told) is None or told.since.last_day <= since.last_day:
            return []
        standing = self.standings.get(warning.target_id or 0, warning.unit_id, told.since)
        if standing is None or standing.goal is None:
            return []
        sentence = self._sentence(standing, told)
        snapshot, light = self._snapshot(standing, told), str(standing.light or "")
        return [Look(str(told.since), self._enough(told), sentence, snapshot, light)]
