"""Rules about targets: red several periods running; a forecast short of the target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from luoshi.apps.dispatch.figures import figures_of
from luoshi.apps.dispatch.models import EarlyWarning, WarningRule
from luoshi.apps.dispatch.rules import Parameters
from luoshi.apps.dispatch.watching.found import Finding, Look
from luoshi.apps.plans.models import Responsibility, Target
from luoshi.apps.targets.queries.standings import Standings
from luoshi.periods import Period
from luoshi.progress import Light

GOOD = (Light.GREEN, Light.BLUE)


def ruled_targets(rules: Iterable[WarningRule]) -> dict[int, list[Target]]:
    """By rule, the measured targets in force that it watches: two queries.

    A rule of the unit that issued the plan (or of one above it) watches all of them, that of another unit those of the
    measures that it leads.
    """
    rules = list(rules)
    if not rules:
        return {}
    plans = {rule.plan_id for rule in rules if rule.plan_id}
    owners = {rule.owner_id for rule in rules if not rule.plan_id}
    rows = Target.objects.filter(retired_in=None, measured_by__isnull=False).select_related("plan__owner")
    targets = list((rows.filter(plan__in=plans) | rows.filter(plan__owner__in=owners)).order_by("plan_id", "pk"))
    led: dict[int, set[str]] = {}
    foreign = [rule for rule in rules if rule.plan and not rule.plan.owner.path.startswith(rule.owner.path)]
    if foreign:
        leads = Responsibility.objects.filter(
            role="lead", retired_in=None, measure__in={target.measure_id for target in targets if target.measure_id}
        )
        for measure, path in leads.order_by().values_list("measure_id", "units__path"):
            led.setdefault(measure, set()).add(path or "")
    found: dict[int, list[Target]] = {}
    for rule in rules:
        own = [
            target
            for target in targets
            if (target.plan_id == rule.plan_id if rule.plan_id else target.plan.owner_id == rule.owner_id)
        ]
        if rule in foreign:
            own = [
                target
                for target in own
                if any(path.startswith(rule.owner.path) for path in led.get(target.measure_id or 0, ()))
            ]
        found[rule.pk] = own
    return found


@dataclass(frozen=True, slots=True)
class RedAgain:
    """Red ``periods`` running. A period that was not reported neither counts nor goes on with the run."""

    targets: list[Target]
    standings: Standings
    parameters: Parameters
    day: dt.date

    def findings(self) -> Iterator[Finding]:
        """Every unit whose last reported periods are red; what was due in another year is not warned of any more."""
        for target in self.targets:
            measured = self.standings.measured.get(target.pk)
            if measured is None or measured.year != self.day.year:
                continue
            for unit in measured.carriers:
                if unit != measured.owner_id and (found := self._finding(target, unit)):
                    yield found

    def _finding(self, target: Target, unit: int) -> Finding | None:
        known = [(period, light) for period, light in self.standings.lights(target.pk, unit).items()]
        while known and known[-1][1] in (Light.GREY, None):
            known.pop()
        wanted = self.parameters.periods
        run = known[-wanted:]
        if len(run) < wanted or any(light is not Light.RED for _, light in run):
            return None
        period = run[-1][0]
        standing = self.standings.get(target.pk, unit, period)
        if standing is None:
            return None
        running = f"连续{_run_length(known)}期亮红灯：" if wanted > 1 else "亮红灯："
        return Finding(
            unit=standing.unit,
            subject=f"target:{target.pk}",
            period=str(period),
            sentence=f"{standing.unit}“{target.indicator}”{running}{standing.reason}"[:400],
            snapshot=figures_of(standing) | {"run": [str(one) for one, _ in run]},
            plan_id=target.plan_id,
            target_id=target.pk,
            light=str(standing.light or ""),
        )

    def looks(self, warning: EarlyWarning) -> list[Look]:
        """Each later period of which something is known; good once the light is green or blue."""
        if warning.target_id is None or warning.target_id not in self.standings.measured:
            return []
        since = Period.parse(warning.followed_period or warning.period)
        found = []
        for period, light in self.standings.lights(warning.target_id, warning.unit_id).items():
            if light in (Light.GREY, None) or period.last_day <= since.last_day:
                continue
            standing = self.standings.get(warning.target_id, warning.unit_id, period)
            if standing is not None:
                good = light in GOOD
                found.append(Look(str(period), good, standing.reason, figures_of(standing), str(light)))
        return found


def _run_length(known: list[tuple[Period, Light | None]]) -> int:
    length = 0
    for _, light in reversed(known):
        if light is not Light.RED:
            break
        length += 1
    return length
