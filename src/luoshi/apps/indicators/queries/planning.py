"""The targets of a plan as proposed indicators: equal names together, what the wording suggests, what is like them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from luoshi.apps.indicators.guessing import ALIKE, NO_CLUE, Guess, alike, guess, indicator_name, plain
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.models import Plan, Responsibility, ResponsibilityRole, Target
from luoshi.apps.plans.policies import visible_plans, visible_targets
from luoshi.apps.plans.words import commitment


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator of the catalogue that may be meant; ``score`` 0–100."""

    indicator: Indicator
    score: int


@dataclass(frozen=True, slots=True)
class ProposedTarget:
    """A target of the plan as a line of a proposal."""

    target: Target
    commitment: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One indicator for targets of the same name and unit of measure.

    ``linked`` is the indicator that measures them already; ``matches`` are like it, the likest first; ``lead`` leads
    the first target's measure, where one unit does.
    """

    name: str
    unit_of_measure: str
    targets: tuple[ProposedTarget, ...]
    guess: Guess
    matches: tuple[Match, ...]
    linked: Indicator | None
    lead: Unit | None = None

    @property
    def is_unclear(self) -> bool:
        """Whether the wording says nothing of what is measured; such a one is created on request only."""
        return self.guess.because == NO_CLUE

    @property
    def number(self) -> int:
        """What names the proposal in a form: the number of its first target."""
        return int(self.targets[0].target.pk)

    @property
    def best(self) -> Match | None:
        """The indicator that is most probably meant: one of the very same name."""
        return self.matches[0] if self.matches and self.matches[0].score >= 99 else None


_MOST_MATCHES = 5
_MOST_PLANS = 13


def plans_to_measure(user: Any) -> list[Plan]:
    """The newest plans that the person sees, those with targets of no indicator first (``open``): one query."""
    targets = Target.objects.order_by().filter(plan=OuterRef("pk"), retired_in=None, measured_by=None)
    count = Subquery(targets.values("plan").annotate(count=Count("pk")).values("count"))
    newest = visible_plans(user).annotate(open=count).order_by("-year", "-pk")[:_MOST_PLANS]
    return sorted(newest, key=lambda plan: not plan.open)  # type: ignore[attr-defined]


def _name(target: Target) -> str:
    return indicator_name(target.indicator, target.unit_of_measure, change=target.change, falling=target.falling)


def _leads(plan: Plan) -> dict[int, Unit]:
    """The unit that leads each measure, where it is one alone: two queries."""
    rows = Responsibility.objects.filter(
        plan=plan, role=ResponsibilityRole.LEAD, retired_in=None, measure__isnull=False
    ).prefetch_related("units")
    found: dict[int, dict[int, Unit]] = defaultdict(dict)
    for row in rows:
        for unit in row.units.all():
            found[row.measure_id or 0][unit.pk] = unit
    return {measure: next(iter(units.values())) for measure, units in found.items() if len(units) == 1}


def proposals(user: Any, plan: Plan) -> list[Proposal]:
    """What the plan's targets in force would need in the catalogue, in the plan's order."""
    rows = visible_targets(user).filter(plan=plan).select_related("measured_by__indicator").order_by("line", "pk")
    groups: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for target in rows:
        groups[plain(_name(target)), target.unit_of_measure].append(target)
    leads = _leads(plan)
    measures = {unit for _, unit in groups}
    known: dict[str, list[tuple[str, Indicator]]] = defaultdict(list)
    for row in Indicator.objects.filter(merged_into=None, is_active=True, unit_of_measure__in=measures):
        known[row.unit_of_measure].append((plain(row.name), row))
    found = []
    for (name, unit), targets in groups.items():
        first = targets[0]
        scored = ((alike(name, other), row) for other, row in known[unit])
        matches = sorted(
            ((score, row) for score, row in scored if score >= ALIKE), key=lambda pair: (-pair[0], pair[1].pk)
        )
        links = [target.measured_by.indicator for target in targets if hasattr(target, "measured_by")]
        found.append(
            Proposal(
                name=_name(first),
                unit_of_measure=unit,
                targets=tuple(ProposedTarget(target, commitment(target)) for target in targets),
                guess=guess(
                    first.indicator,
                    unit,
                    text=" ".join(target.text for target in targets),
                    change=any(target.change for target in targets),
                    falling=any(target.falling for target in targets),
                ),
                matches=tuple(Match(row, round(score)) for score, row in matches[:_MOST_MATCHES]),
                linked=links[0] if len(links) == len(targets) else None,
                lead=leads.get(first.measure_id or 0),
            )
        )
    return found
