"""What other pages show of the check-up: the link with its counts, and the open contradictions before publishing."""

from __future__ import annotations

from typing import Any

from django import template

from luoshi.apps.checkup import policies, queries
from luoshi.apps.checkup.models import Decision, FindingSeverity
from luoshi.apps.intake.models import Draft
from luoshi.apps.plans.models import Plan

register = template.Library()


@register.inclusion_tag("checkup/_button.html")
def checks_button(draft: Draft) -> dict[str, Any]:
    """The button 体检 of the confirm screen, with what waits: one query."""
    return {"draft": draft, "counts": queries.counts_of(draft)}


@register.inclusion_tag("checkup/_open_errors.html")
def open_errors(draft: Draft, most: int = 5) -> dict[str, Any]:
    """The contradictions that nobody has decided on, before publishing: two queries."""
    counts = queries.counts_of(draft)
    waiting = counts.severities[0].open
    found = queries.findings_of(draft).filter(severity=FindingSeverity.ERROR, decision=Decision.OPEN)
    return {"draft": draft, "waiting": waiting, "findings": list(found[:most]) if waiting else [], "counts": counts}


@register.simple_tag(takes_context=True)
def may_see_checks(context: Any, plan: Plan) -> bool:
    """Whether the tab 体检 stands on the plan's pages."""
    return policies.may_see(context["request"].user, plan)
