"""One activity with its papers, and what it counts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.investment.models import Activity, ActivityEvidence, ActivityHost, ActivityLeader, Lead
from luoshi.apps.investment.policies import may_enter, visible_leads
from luoshi.apps.investment.queries.books import read_activities
from luoshi.promotion import ACTIVITY_RULES, Line, count_activities


@dataclass(frozen=True, slots=True)
class CountsFor:
    """What an activity is for one host in one figure."""

    host: ActivityHost
    title: str
    line: Line


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """An activity with all that its page shows."""

    hosts: list[ActivityHost]
    leaders: list[ActivityLeader]
    evidence: list[ActivityEvidence]
    leads: list[Lead]
    counts: list[CountsFor]
    may_enter: bool


def activity_page(user: Any, activity: Activity) -> ActivityPage:
    """An activity's page: eight queries. It is counted among all activities of its year, as the tables do."""
    hosts = list(activity.host_rows.select_related("unit").order_by("ordinal"))
    counts: list[CountsFor] = []
    if not activity.withdrawn_for:
        held = read_activities(activity.end.replace(month=1, day=1), activity.end.replace(month=12, day=31))
        by_unit = {str(host.unit_id): host for host in hosts}
        for rule in ACTIVITY_RULES:
            for line in count_activities(held, rule).lines:
                if line.key == str(activity.pk) and line.unit in by_unit:
                    title = FIGURES[str(rule.scope), rule.key].title
                    counts.append(CountsFor(by_unit[line.unit], title, line))
    return ActivityPage(
        hosts=hosts,
        leaders=list(activity.leaders.select_related("unit")),
        evidence=list(activity.evidence.select_related("uploaded_by")),
        leads=list(visible_leads(user).filter(activity=activity).select_related("enterprise").order_by("pk")[:50]),
        counts=counts,
        may_enter=not activity.withdrawn_for and may_enter(user, activity),
    )
