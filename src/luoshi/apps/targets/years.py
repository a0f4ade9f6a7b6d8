"""The year of a target, and the periods across its grid."""

from __future__ import annotations

from luoshi.apps.plans.models import Target
from luoshi.apps.targets.errors import Invalid
from luoshi.periods import Cadence, Period
from luoshi.progress import year_periods


def plan_year(target: Target) -> int | None:
    """The year over whose periods the target is shared out: its own, else the plan's last one."""
    return target.year or target.plan.last_year or target.plan.year


def periods_of(target: Target, cadence: str) -> list[Period]:
    """The periods across the grid; raises ``Invalid`` where neither target nor plan has a year."""
    year = plan_year(target)
    if year is None:
        raise Invalid({"year": "目标没有写明年度，请先在台账中更正目标的年度，再分解。"})
    return list(year_periods(year, Cadence(cadence)))
