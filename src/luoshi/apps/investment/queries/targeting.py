"""Targets of plans that may be those of a figure, by how they are called."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from luoshi.apps.investment.figures import FIGURES
from luoshi.apps.plans.models import Target
from luoshi.apps.plans.policies import visible_plans
from luoshi.promotion import Scope

_MOST = 400


def target_rows(user: Any, year: int) -> dict[tuple[str, str], list[Target]]:
    """For each figure the targets of the year's plans whose name sounds like it: one query.

    A plan's annex for groups names them so; where a target says neither, it is proposed for both tables.
    """
    words = {word for figure in FIGURES.values() for word in figure.words}
    condition = Q()
    for word in words:
        condition |= Q(indicator__contains=word)
    rows = Target.objects.filter(condition, plan__in=visible_plans(user), retired_in=None)
    rows = rows.filter(Q(year=year) | Q(year=None, plan__year=year)).select_related("plan")
    found: dict[tuple[str, str], list[Target]] = {}
    for target in rows.order_by("-plan_id", "pk")[:_MOST]:
        for key, figure in FIGURES.items():
            if not any(word in target.indicator for word in figure.words):
                continue
            if "招商组" in target.indicator and figure.scope is Scope.TERRITORY:
                continue
            found.setdefault(key, []).append(target)
    return found
